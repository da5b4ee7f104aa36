import { homedir } from "node:os";
import { join } from "node:path";

/** The folder for models and samples, as of the user's own runs, so that a set-up serves both. */
export const HOME = process.env.KAZOE_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "kazoe");

/** Where `.ci/install-bigquery` puts what some suites run against. */
export const TOOLS_DIR = join(HOME, "tools");
