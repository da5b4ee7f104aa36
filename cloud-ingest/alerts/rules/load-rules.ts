import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type PlacedConfig, parseConfigWithPlaces } from "../../../firmware-config/config/load.ts";
import { configError, fileError } from "../../../firmware-config/config/problem.ts";
import { readText } from "../../../firmware-config/config/read-text.ts";
import { yamlNames } from "../../../firmware-config/config/yaml-names.ts";
import { AppError, messageOf } from "../../../firmware-config/kit/errors.ts";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { type Rule, RuleConfig } from "./rule-config.ts";
import { inOrder, ruleFaults } from "./rule-faults.ts";

/** The rules that come with the program. */
export const DEFAULT_RULES = join(PACKAGE_ROOT, "cloud-ingest", "alerts", "rules", "defaults");

const MAX_BYTES = 64 * 1024;
const MAX_FILES = 200;

interface Loaded extends PlacedConfig<RuleConfig> {
  readonly file: string;
}

/**
 * The rules in force, each after those that come before it: those of the program, and in their place those of the same name in `own`:
 * folders of one file each, or single files, a later one before an earlier one. Throws `AppError` CONFIG_INVALID or CONFIG_NOT_FOUND with file and line.
 */
export async function loadRules(...own: readonly (string | undefined)[]): Promise<readonly Rule[]> {
  const byName = new Map<string, Loaded>();
  for (const place of [DEFAULT_RULES, ...own.filter((place) => place !== undefined)]) {
    const found = await Promise.all((await filesOf(place)).map(loadRule));
    assertOneOfEach(found);
    for (const loaded of found) byName.set(loaded.config.name, loaded);
  }
  const loaded = [...byName.values()].filter(({ config }) => config.enabled);
  const { ordered, faults } = inOrder(loaded.map(({ config }) => config));
  const [fault] = faults;
  if (fault) throw afterError(fault, loaded);
  return ordered.map((rule) => ({ ...rule, version: versionOf(rule) }));
}

async function loadRule(file: string): Promise<Loaded> {
  const placed = parseConfigWithPlaces(await readText(file, MAX_BYTES), file, RuleConfig, ruleFaults);
  const { name } = placed.config;
  if (basename(file).replace(/\.ya?ml$/, "") !== name) {
    throw configError(file, [
      { path: ["name"], ...placed.placeOf(["name"]), text: `must be the file's own name: ${name}.yaml` },
    ]);
  }
  return { ...placed, file };
}

/** In one folder there may be `x.yaml` and `x.yml`: nobody can tell which of them is meant. */
function assertOneOfEach(found: readonly Loaded[]): void {
  const files = new Map<string, string>();
  for (const { file, config } of found) {
    const other = files.get(config.name);
    if (other !== undefined) throw fileError(file, `is the rule ${config.name}, as ${other} is; a rule has one file`);
    files.set(config.name, file);
  }
}

function afterError({ rule, text }: { readonly rule: RuleConfig; readonly text: string }, loaded: readonly Loaded[]) {
  const found = loaded.find(({ config }) => config === rule);
  return found
    ? configError(found.file, [{ path: ["after"], ...found.placeOf(["after"]), text }])
    : fileError(rule.name, text);
}

async function filesOf(place: string): Promise<readonly string[]> {
  try {
    if (!(await stat(place)).isDirectory()) return [place];
    const names = await yamlNames(place);
    if (names.length > MAX_FILES) throw fileError(place, `holds more than ${MAX_FILES} rules`);
    return names.map((name) => join(place, name));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot read the alert rules ${place}: ${messageOf(error)}`, {
      code: "CONFIG_NOT_FOUND",
      hint: "Check the key alerts.rules of the cloud's configuration.",
      cause: error,
    });
  }
}

/** The first digits of the hash of what it says. */
const versionOf = (rule: RuleConfig) => createHash("sha256").update(JSON.stringify(rule)).digest("hex").slice(0, 12);
