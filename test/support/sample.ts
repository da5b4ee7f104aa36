import { existsSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";
import { HOME } from "./home.ts";

const SHARED = join(PACKAGE_ROOT, "..", "shared", "data");

/** Where the tests keep built models: beside those of the user's own runs. */
export const MODELS_DIR = join(HOME, "models");

/** Where the demo keeps its sample video. */
export const SAMPLES_DIR = join(HOME, "samples");

/** A street with walking people: the demo's sample, or the same beside the checkout; undefined where there is none. */
export function streetVideo(): string | undefined {
  return [join(SAMPLES_DIR, "vtest.avi"), join(SHARED, "video", "vtest.avi")].find((file) => existsSync(file));
}

/** A file of the shared data beside the checkout; undefined where there is none. */
export function sharedFile(...path: string[]): string | undefined {
  const file = join(SHARED, ...path);
  return existsSync(file) ? file : undefined;
}
