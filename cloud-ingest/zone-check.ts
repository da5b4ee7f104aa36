import type { Clock } from "../firmware-config/kit/clock.ts";
import { messageOf } from "../firmware-config/kit/errors.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import type { StoreConfig } from "./config.ts";
import { groupBy } from "./group-by.ts";
import { differenceOf, type ZoneDifference, type ZoneLibrary } from "./zone/compare.ts";
import { INTL } from "./zone/intl.ts";
import { RULES_VERSION } from "./zone/rules.ts";

/** The part of the configuration that is looked at. */
interface ZonedStores {
  readonly stores: readonly Pick<StoreConfig, "timeZone">[];
}

/** Where the rules of configured zones differ from those of the other libraries in this process. */
export async function zoneDifferences({ stores }: ZonedStores, nowMs: number): Promise<readonly ZoneDifference[]> {
  const { withDuckDbZones } = await import("./warehouse/duckdb/duckdb-zones.ts");
  const timeZones = [...new Set(stores.map(({ timeZone }) => timeZone))].sort();
  return withDuckDbZones((duckDb) => differencesOf([INTL, duckDb], timeZones, nowMs));
}

interface CheckParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly compare?: typeof zoneDifferences;
}

/** One warning for each zone; nothing depends on it, so what hinders the comparison is only said. */
export async function warnOfZoneDifferences(
  config: ZonedStores,
  { clock, log, compare = zoneDifferences }: CheckParts,
): Promise<void> {
  try {
    const differences = await compare(config, clock.nowMs());
    for (const [timeZone, own] of groupBy(differences, (one) => one.timeZone)) {
      const others = own.map(({ library, at, ours, theirs }) => ({ library, at, ours, theirs }));
      log.warn({ timeZone, rules: RULES_VERSION, others }, "libraries differ about a time zone; ours decides");
    }
  } catch (error) {
    log.warn({ error: messageOf(error) }, "the rules of time zones could not be compared");
  }
}

/** A difference in words, for a person. */
export function sayDifference({ timeZone, library, at, ours, theirs }: ZoneDifference): string {
  const what =
    at === undefined
      ? `${library} does not know it`
      : `${library} says ${theirs} from ${at} on, kazoe's own rules (IANA ${RULES_VERSION}) say ${ours}`;
  return `warning: time zone ${timeZone}: ${what}; kazoe goes by its own, which \`npm update moment-timezone\` renews`;
}

async function differencesOf(libraries: readonly ZoneLibrary[], timeZones: readonly string[], nowMs: number) {
  const differences: ZoneDifference[] = [];
  for (const timeZone of timeZones) {
    for (const library of libraries) {
      const difference = await differenceOf(library, timeZone, nowMs);
      if (difference) differences.push(difference);
    }
  }
  return differences;
}
