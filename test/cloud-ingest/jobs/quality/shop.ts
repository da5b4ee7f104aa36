import { addDays, datesOf } from "../../../../cloud-ingest/calendar.ts";
import type { TrafficRow } from "../../../../cloud-ingest/warehouse/port.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";

const OPEN = { from: 10, to: 20 };
const HOUR_S = 3_600;

export interface Door {
  readonly id: string;
  /** People an hour, about. */
  readonly people: number;
  /** What a fault makes of the count of a date and hour; undefined where it sends nothing. */
  readonly fault?: (date: string, hour: number, count: number) => number | undefined;
}

/** Hourly rows of a shop with some doors: busier at weekends and after work, with noise, the same for a seed. */
export function shopRows(doors: readonly Door[], from: string, days: number, seed = 1): readonly TrafficRow[] {
  const random = seededRandom(seed);
  return datesOf({ from, to: addDays(from, days - 1) }).flatMap((date) => {
    const weekend = [0, 6].includes(new Date(date).getUTCDay()) ? 1.5 : 1;
    const day = 0.9 + 0.2 * random();
    return Array.from({ length: 24 }, (_, hour) => hour).flatMap((hour) => {
      const isOpen = hour >= OPEN.from && hour < OPEN.to;
      const shape = isOpen ? 0.7 + 0.6 * Math.exp(-(((hour - 17) / 2) ** 2)) : 0;
      return doors.flatMap((door) => {
        const people = Math.round(door.people * weekend * day * shape * (0.9 + 0.2 * random()));
        const count = door.fault ? door.fault(date, hour, people) : people;
        return count === undefined ? [] : [rowOf(door.id, date, hour, count)];
      });
    });
  });
}

function rowOf(door: string, date: string, hour: number, count: number): TrafficRow {
  const zone = { visits: 0, stops: 0, passersBy: 0, dwellS: 0, occupancyMean: 0, occupancyMax: 0 };
  return {
    ...{ deviceId: `cam-${door}`, cameraId: "street", targetKind: "line", targetId: door, targetName: door },
    ...{ businessDate: date, localStart: `${date}T${String(hour).padStart(2, "0")}:00:00` },
    ...{ spanS: HOUR_S, in: count, out: Math.round(count * 0.98), observedS: HOUR_S, ...zone },
  };
}
