import { existsSync } from "node:fs";
import { join } from "node:path";
import { TOOLS_DIR } from "../../home.ts";
import { bigQueryLanguage } from "./language.ts";
import { LocalService } from "./local-service.ts";

const DIR = join(TOOLS_DIR, "googlesql");
const FILES = { wasm: join(DIR, "zetasql.wasm"), zones: join(DIR, "zoneinfo") };

export interface GoogleSql {
  readonly service: LocalService;
  readonly language: Record<string, unknown>;
}

let loaded: Promise<GoogleSql> | undefined;

/** False where `.ci/install-bigquery` has not run; says so. */
export function hasGoogleSql(): boolean {
  const isThere = Object.values(FILES).every((file) => existsSync(file));
  if (!isThere) console.warn("skipped: GoogleSQL's own parser is not installed here (.ci/install-bigquery)");
  return isThere;
}

/** One for the whole process: to compile its 28 MB takes a second. */
export function googleSql(): Promise<GoogleSql> {
  loaded ??= LocalService.load(FILES).then((service) => ({ service, language: bigQueryLanguage(service) }));
  return loaded;
}
