import { closest } from "fastest-levenshtein";
import { AppError } from "../firmware-config/kit/errors.ts";
import type { CloudConfig } from "./config.ts";

/** The parts of the cloud half that a process may run; health, metrics and the operator's commands are in each. */
export const ROLES = ["broker", "ingest", "jobs", "server"] as const;
export type Role = (typeof ROLES)[number];

export const ALL_ROLES: ReadonlySet<Role> = new Set(ROLES);

/** Roles with commas between. Throws `AppError` for a word that is none. */
export function parseRoles(text: string): ReadonlySet<Role> {
  return new Set(text.split(",").map((word) => roleOf(word.trim())));
}

function roleOf(word: string): Role {
  const role = ROLES.find((one) => one === word);
  if (role) return role;
  const shown = word.slice(0, 40);
  throw new AppError(`"${shown}" is no role of the cloud half; did you mean "${closest(shown, [...ROLES])}"?`, {
    code: "USAGE",
    hint: `Roles are ${ROLES.join(", ")}, with commas between; without --role all of them run.`,
  });
}

/** Refuses to start some of the roles that the configured drivers bind into one process. Throws `AppError`. */
export function refuseTornRoles(config: Pick<CloudConfig, "bus" | "warehouse">, roles: ReadonlySet<Role>): void {
  for (const { together, because } of bondsOf(config)) {
    const missing = together.filter((role) => !roles.has(role));
    const present = together.filter((role) => roles.has(role));
    if (missing.length === 0 || present.length === 0) continue;
    throw new AppError(`${present.join(", ")} cannot run without ${missing.join(", ")} here: ${because}`, {
      code: "CONFIG_INVALID",
      hint: `Add ${missing.join(",")} to --role, or choose a driver that several processes share.`,
    });
  }
}

interface Bond {
  readonly together: readonly Role[];
  readonly because: string;
}

function bondsOf({ bus, warehouse }: Pick<CloudConfig, "bus" | "warehouse">): readonly Bond[] {
  const bonds: Bond[] = [];
  if (bus.type === "inbox") bonds.push({ together: ["broker", "ingest"], because: "bus.type inbox has one owner" });
  if (warehouse.type === "duckdb") {
    bonds.push({ together: ["ingest", "jobs", "server"], because: "warehouse.type duckdb has one owner" });
  }
  return bonds;
}
