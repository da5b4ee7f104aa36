import { addDays } from "../../../cloud-ingest/calendar.ts";
import type { History } from "../../../cloud-ingest/forecast/port.ts";
import { SLOTS, type Step } from "../../../cloud-ingest/quality/panel.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";

/** Monday to Sunday. */
export const WEEK = [100, 110, 120, 130, 180, 260, 210];
/** Shares of a date by hour: open from 10 to 19. */
export const DAY = Array.from({ length: 24 }, (_, hour) => (hour >= 10 && hour < 20 ? 0.1 : 0));
/** A Monday. */
export const FROM = "2024-01-01";

export interface MadeOptions {
  readonly days: number;
  readonly step?: Step;
  readonly names?: readonly string[];
  /** People of a date as a multiple of its weekday's; 1 left out. */
  readonly factor?: (day: number) => number;
  /** Standard deviation of the noise as a part of a date. */
  readonly noise?: number;
}

/** A shop with a habit of the week; the second series is twice the first, and so on. */
export function madeHistory({
  days,
  step = "day",
  names = ["shop"],
  factor = () => 1,
  noise = 0,
}: MadeOptions): History {
  const random = seededRandom(7);
  const perDay = SLOTS[step];
  const values = names.map((_, i) =>
    Float64Array.from({ length: days * perDay }, (_, slot) => {
      const day = Math.floor(slot / perDay);
      const share = step === "day" ? 1 : DAY[slot % 24]!;
      return Math.max(0, (i + 1) * WEEK[day % 7]! * factor(day) * share * (1 + noise * (2 * random() - 1)));
    }),
  );
  return { step, from: FROM, days, names, values };
}

export const dateAt = (day: number) => addDays(FROM, day);
