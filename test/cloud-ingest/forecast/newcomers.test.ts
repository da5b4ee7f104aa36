import { expect, test } from "vitest";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { nearestCluster } from "../../../cloud-ingest/forecast/nearest-cluster.ts";
import type { Context, Family, History } from "../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";
import { FROM } from "./made-history.ts";

const DAYS = 200;
const HORIZON = 14;
/** Monday to Sunday: offices, and a place for weekends. */
const WEEKS = { office: [200, 210, 205, 215, 190, 40, 30], leisure: [60, 60, 70, 80, 140, 260, 240] };

interface Made {
  readonly kinds: readonly (keyof typeof WEEKS)[];
  /** Dates that the last series has. */
  readonly known: number;
}

/** Series of these kinds, each of another size; the last one is new. */
function made({ kinds, known }: Made): History {
  const random = seededRandom(3);
  const values = kinds.map((kind, i) =>
    Float64Array.from({ length: DAYS }, (_, day) => {
      const people = (1 + (i % 4)) * (WEEKS[kind][day % 7] ?? 0) * (1 + 0.1 * (random() - 0.5));
      return i === kinds.length - 1 && day < DAYS - known ? Number.NaN : people;
    }),
  );
  return { step: "day", from: FROM, days: DAYS, names: kinds.map((_, i) => `s${i}`), values };
}

const families = (clusters: readonly (number | undefined)[]): readonly Family[] =>
  clusters.map((cluster) => ({ level: "store", ...(cluster !== undefined && { cluster }) }));

async function foretold(history: History, some?: readonly Family[]) {
  const context: Context = { calendars: [new Map()], ...(some && { families: some }) };
  const champion = await fitChampion(history, context, { horizonDays: HORIZON });
  return (await predict(champion, history, context, { horizon: HORIZON })).series;
}

/** DAYS = 200 = 28 weeks and 4 days, so that the first date foretold is a Friday. */
const weekday = (h: number) => (DAYS + h) % 7;

test("a shop of three weekdays has the weekends of those that are like it, in its own size, and says whose they are", async () => {
  const history = made({ kinds: ["office", "office", "office", "office", "office"], known: 3 });
  const last = (await foretold(history)).at(-1);
  for (let h = 0; h < HORIZON; h++) {
    const usual = WEEKS.office[weekday(h)] ?? 0;
    expect(Math.abs((last?.yhat[h] ?? 0) / usual - 1)).toBeLessThan(weekday(h) > 4 ? 0.7 : 0.15);
  }
  expect(last?.borrowed).toEqual({ from: 4, days: 3, isCluster: false });
  last?.parts.forEach(({ date, named, missing, ...people }, h) => {
    const sum = Object.values(people).reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(last.yhat[h] ?? Number.NaN, 6);
    // The weekend is told as one, and not as something that nobody knows.
    if (weekday(h) > 4) expect(people.weekday).toBeLessThan(0);
  });
});

test("those of its cluster lend, and no others; without one, streets that differ lend nothing", async () => {
  const kinds = ["office", "leisure", "office", "leisure", "leisure", "office"] as const;
  const history = made({ kinds, known: 4 });
  const near = (await foretold(history, families([1, 2, 1, 2, 2, 1]))).at(-1);
  expect(near?.borrowed).toEqual({ from: 2, days: 4, isCluster: true });
  const saturday = Array.from({ length: HORIZON }, (_, h) => h).find((h) => weekday(h) === 5) ?? 0;
  const wrong = (await foretold(history, families([1, 2, 1, 2, 2, 2]))).at(-1);
  // The newcomer is twice a row of offices: 80 on a Saturday.
  expect(near?.yhat[saturday]).toBeLessThan(140);
  expect(wrong?.yhat[saturday]).toBeGreaterThan(2 * (near?.yhat[saturday] ?? 0));
});

test("six weeks are enough to stand alone, two lenders the least, and doors lend to no store", async () => {
  const old = await foretold(made({ kinds: ["office", "office", "office"], known: 42 }));
  expect(old.map(({ borrowed }) => borrowed)).toEqual([undefined, undefined, undefined]);
  const few = await foretold(made({ kinds: ["office", "office"], known: 5 }));
  expect(few.at(-1)?.borrowed).toBeUndefined();
  const doors = families([1, 1, 1]).map((family, i) => (i < 2 ? { ...family, level: "door" } : family));
  const other = await foretold(made({ kinds: ["office", "office", "office"], known: 5 }), doors);
  expect(other.at(-1)?.borrowed).toBeUndefined();
});

test("bounds hold their order, and are wider than those of the others", async () => {
  const all = await foretold(made({ kinds: ["office", "office", "office", "office"], known: 2 }));
  for (const { yhat, lo95, lo80, hi80, hi95 } of all)
    yhat.forEach((value, h) => {
      const bounds = [0, lo95[h] ?? -1, lo80[h] ?? -1, value, hi80[h] ?? -1, hi95[h] ?? -1];
      expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    });
  const width = ({ hi80, yhat }: (typeof all)[number]) => (hi80[0] ?? 0) / (yhat[0] ?? 1);
  expect(width(all[3] as (typeof all)[number])).toBeGreaterThan(width(all[0] as (typeof all)[number]));
});

test("a shop of some dates that nobody lends to is as unsure of its level as one that borrows", async () => {
  const history = made({ kinds: ["office", "office"], known: 5 });
  const context: Context = { calendars: [new Map()] };
  const champion = await fitChampion(history, context, { horizonDays: HORIZON });
  const width = async (known: number) => {
    const values = history.values.map((all) => all.map((value, day) => (day < DAYS - known ? Number.NaN : value)));
    const only = { ...history, names: ["new"], values: [values[0] ?? new Float64Array(0)] };
    const [one] = (await predict(champion, only, context, { horizon: HORIZON })).series;
    expect(one?.borrowed).toBeUndefined();
    return ((one?.hi80[0] ?? 0) - (one?.lo80[0] ?? 0)) / (one?.yhat[0] ?? Number.NaN);
  };
  expect(await width(5)).toBeGreaterThan(1.5 * (await width(60)));
});

test("what was said of a shop before it opened makes no interval of it lean", async () => {
  const all = await foretold(made({ kinds: ["office", "office", "office", "office"], known: 21 }));
  const { yhat, lo80, hi80 } = all[3] as (typeof all)[number];
  yhat.forEach((value, h) => {
    expect((hi80[h] ?? 0) / value).toBeLessThan(1.6);
    expect((lo80[h] ?? 0) / value).toBeLessThan(0.97);
  });
});

test("the nearest cluster is the one whose hours are alike over the very hours that the newcomer has", () => {
  const day = (peak: number, size: number) =>
    Float64Array.from({ length: 48 }, (_, hour) => (Math.abs((hour % 24) - peak) < 3 ? size : 0.1 * size));
  const late = day(20, 7).map((value, hour) => (hour < 24 ? Number.NaN : value));
  const values = [day(9, 100), day(10, 5), day(20, 50), day(19, 900), late, new Float64Array(48).fill(Number.NaN)];
  const kin = families([1, 1, 2, 2, undefined, undefined]);
  expect(nearestCluster({ values }, kin, 4)).toBe(2);
  expect(nearestCluster({ values }, kin, 5)).toBeUndefined();
  expect(nearestCluster({ values }, families(kin.map(() => undefined)), 4)).toBeUndefined();
});
