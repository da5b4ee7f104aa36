import { closest } from "fastest-levenshtein";
import moment from "moment-timezone";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { type OffsetSpan, Zone } from "./zone.ts";

// Taken now: another copy of the library, such as date-holidays brings along, puts its own older rules in this place when it is loaded.
const { tz } = moment;
const known = new Map<string, Zone>();
const names: ReadonlySet<string> = new Set(tz.names());

/** The release of the IANA time zone database that all local times go by, such as `2026f`. */
export const RULES_VERSION = tz.dataVersion;

/** Every name that a store's time zone may have, aliases such as `US/Pacific` too. */
export const ZONE_NAMES: readonly string[] = [...names];

/** True for a name of the IANA database, in its own spelling. */
export const isZoneName = (name: string): boolean => names.has(name);

/** The name most like one that is none. */
export const nearestZoneName = (name: string): string =>
  ZONE_NAMES.find((one) => one.toLowerCase() === name.toLowerCase()) ?? closest(name, ZONE_NAMES);

/**
 * The clock of a place by its IANA name: the one source of local times, business dates and lengths of hours. Throws
 * `AppError` for a name that is none.
 */
export function zoneOf(name: string): Zone {
  const zone = known.get(name) ?? loadZone(name);
  known.set(name, zone);
  return zone;
}

function loadZone(name: string): Zone {
  const data = isZoneName(name) ? tz.zone(name) : null;
  if (!data) {
    throw new AppError(`Unknown time zone ${JSON.stringify(name)}`, {
      code: "CONFIG_INVALID",
      hint: `Give the store an IANA time zone, for example ${nearestZoneName(name)}.`,
    });
  }
  return new Zone(name, spansOf(data));
}

/** The library counts offsets in minutes behind UTC, with fractions where a local mean time had seconds. */
function spansOf({ untils, offsets }: { readonly untils: readonly number[]; readonly offsets: readonly number[] }) {
  let fromMs = Number.NEGATIVE_INFINITY;
  return untils.map((until, index): OffsetSpan => {
    const untilMs = index === untils.length - 1 ? Number.POSITIVE_INFINITY : until;
    const span = { fromMs, untilMs, offsetS: Math.round(-(offsets[index] ?? 0) * 60) + 0 };
    fromMs = untilMs;
    return span;
  });
}
