import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeParts } from "../../../../cloud-ingest/warehouse/partitions/merge-parts.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";
import { aborted } from "../../../../firmware-config/kit/pause.ts";
import { ROUNDS } from "./dates.ts";

const YEARS = [2020, 2021, 2022, 2023, 2024, 2025];
const partOf = (year: number) => ({ table: "counts", range: { from: `${year}-01-01`, to: `${year}-12-31` } });
const PARTS = YEARS.map(partOf);
const yearOf = (part: (typeof PARTS)[number]) => Number(part.range.from.slice(0, 4));
const never = new AbortController().signal;

/** Waits so many turns of the event loop, less when aborted. */
async function turns(count: number, signal: AbortSignal): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    signal.throwIfAborted();
    await turn();
  }
}

/** Work that tells what it does; the last part takes the shortest time. */
class Bench {
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  readonly finished: number[] = [];
  most = 0;

  readonly work = async (part: (typeof PARTS)[number], signal: AbortSignal): Promise<number> => {
    const year = yearOf(part);
    this.begun.push(year);
    this.most = Math.max(this.most, this.begun.length - this.ended.length);
    try {
      await turns(2 * (2026 - year), signal);
      if (this.broken.has(year)) throw this.broken.get(year);
      this.finished.push(year);
      return year;
    } finally {
      this.ended.push(year);
    }
  };

  readonly broken: ReadonlyMap<number, Error>;
  constructor(broken: ReadonlyMap<number, Error> = new Map()) {
    this.broken = broken;
  }
}

async function collect(results: AsyncIterable<number>, into: number[] = []): Promise<number[]> {
  for await (const result of results) into.push(result);
  return into;
}

describe("parts that are merged", () => {
  test.each([1, 2, 3, 10])("come in order with %d at once", async (atOnce) => {
    const bench = new Bench();
    expect(await collect(mergeParts(PARTS, bench.work, { signal: never, atOnce }))).toEqual(YEARS);
    expect(bench.begun).toEqual(YEARS);
    expect(bench.most).toBe(Math.min(atOnce, YEARS.length));
  });

  test("run two at once unless somebody says otherwise; no part is no result", async () => {
    const bench = new Bench();
    await collect(mergeParts(PARTS, bench.work, { signal: never }));
    expect(bench.most).toBe(2);
    expect(await collect(mergeParts([], bench.work, { signal: never }))).toEqual([]);
  });

  test("begin no faster than results are taken", async () => {
    const bench = new Bench();
    const results = mergeParts(PARTS, bench.work, { signal: never, atOnce: 2 });
    await results.next();
    await turns(100, never);
    expect(bench.begun).toEqual([2020, 2021, 2022]);
    await results.return();
  });

  test("keep order and bound whatever each takes", async () => {
    const anyTimes = fc.array(fc.nat(6), { maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(anyTimes, fc.integer({ min: 1, max: 5 }), async (times, atOnce) => {
        let [running, most] = [0, 0];
        const parts = times.map((count, at) => ({ ...partOf(2000 + at), count, at }));
        const results = mergeParts(
          parts,
          async ({ count, at }, signal) => {
            most = Math.max(most, ++running);
            await turns(count, signal);
            running -= 1;
            return at;
          },
          { signal: never, atOnce },
        );
        expect(await collect(results)).toEqual(times.map((_, at) => at));
        expect(most).toBeLessThanOrEqual(atOnce);
      }),
      ROUNDS,
    );
  });
});

describe("a merge that ends early", () => {
  test("names the part that failed, and aborts and waits for the others", async () => {
    const bench = new Bench(new Map([[2022, new Error("no such column")]]));
    const taken: number[] = [];
    await expect(collect(mergeParts(PARTS, bench.work, { signal: never, atOnce: 2 }), taken)).rejects.toMatchObject({
      name: "AppError",
      code: "INTERNAL",
      message: "Part 3 of 6 (counts, 2022-01-01 to 2022-12-31): no such column",
      retryable: false,
    });
    expect(taken).toEqual([2020, 2021]);
    expect(bench.begun).toEqual([2020, 2021, 2022, 2023]);
    expect([...bench.ended].sort()).toEqual(bench.begun);
  });

  test("ends on the failure of a later part without waiting for the earlier ones to finish", async () => {
    const cause = new AppError("Too many jobs", { code: "BROKER_UNREACHABLE", hint: "Wait.", retryable: true });
    const bench = new Bench(new Map([[2025, cause]]));
    const failing = collect(mergeParts(PARTS, bench.work, { signal: never, atOnce: 6 }));
    await expect(failing).rejects.toMatchObject({ code: "BROKER_UNREACHABLE", hint: "Wait.", retryable: true, cause });
    await expect(failing).rejects.toThrow(/^Part 6 of 6 .*: Too many jobs$/);
    expect(bench.finished).toEqual([]);
    expect([...bench.ended].sort()).toEqual(YEARS);
  });

  test("throws a failure that came while a result was being used at the next one", async () => {
    const bench = new Bench(new Map([[2022, new Error("gone")]]));
    const results = mergeParts(PARTS, bench.work, { signal: never, atOnce: 2 });
    expect(await results.next()).toEqual({ done: false, value: 2020 });
    await turns(50, never);
    await expect(results.next()).rejects.toThrow(/^Part 3 of 6/);
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  test("throws the reason of an abort, and nothing runs afterwards", async () => {
    const bench = new Bench();
    const abort = new AbortController();
    const reason = new Error("nobody waits");
    const results = mergeParts(PARTS, bench.work, { signal: abort.signal, atOnce: 3 });
    await results.next();
    abort.abort(reason);
    await expect(results.next()).rejects.toBe(reason);
    expect([...bench.ended].sort()).toEqual(bench.begun);
  });

  test("aborted during a wait: throws the reason", async () => {
    const abort = new AbortController();
    const reason = new Error("stop");
    const pending = mergeParts(PARTS, new Bench().work, { signal: abort.signal }).next();
    abort.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  test("aborted beforehand: begins nothing", async () => {
    const bench = new Bench();
    const results = mergeParts(PARTS, bench.work, { signal: AbortSignal.abort(new Error("late")) });
    await expect(results.next()).rejects.toThrow("late");
    expect(bench.begun).toEqual([]);
  });

  test("ends what runs when the reader leaves", async () => {
    const ended: number[] = [];
    const work = async (part: (typeof PARTS)[number], signal: AbortSignal) => {
      if (yearOf(part) > 2020) await aborted(signal);
      ended.push(yearOf(part));
      return yearOf(part);
    };
    for await (const _ of mergeParts(PARTS, work, { signal: never, atOnce: 3 })) break;
    expect(ended.sort()).toEqual([2020, 2021, 2022, 2023]);
  });

  test("takes what throws before it waits for a failed part too, and a part without a table by its dates", async () => {
    const range = { from: "2024-01-01", to: "2024-01-31" };
    const work = () => {
      throw new Error("at once");
    };
    await expect(mergeParts([{ range }], work, { signal: never }).next()).rejects.toThrow(
      "Part 1 of 1 (2024-01-01 to 2024-01-31): at once",
    );
  });

  test.each([0, -1, 1.5])("cannot run %d at once", async (atOnce) => {
    const results = mergeParts(PARTS, new Bench().work, { signal: never, atOnce });
    await expect(results.next()).rejects.toMatchObject({ code: "INTERNAL", hint: "Run 1 or more at once." });
  });
});
