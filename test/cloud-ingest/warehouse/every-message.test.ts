import fc from "fast-check";
import type Type from "typebox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClockJudge } from "../../../cloud-ingest/ingest/clock-judge.ts";
import { sortMessages } from "../../../cloud-ingest/ingest/sort.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { DataRow, Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import { CountsMessage } from "../../../firmware-config/contract/counts.ts";
import { Crossing, Visit } from "../../../firmware-config/contract/events.ts";
import { HealthMessage } from "../../../firmware-config/contract/health.ts";
import type { MessageKind } from "../../../firmware-config/contract/topics.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { batch, countsRow } from "./rows.ts";

const NOW_MS = Date.parse("2026-03-02T12:00:00Z");
const ROUNDS = Number(process.env.KAZOE_PROPERTY_ROUNDS ?? 30);

let warehouse: Warehouse;

beforeEach(async () => {
  warehouse = await openDuckDbWarehouse(await tempDir());
});

afterEach(() => warehouse.close());

const time = fc.oneof(
  fc
    .date({ min: new Date(NOW_MS - 40 * 3_600_000), max: new Date(NOW_MS), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    "2026-03-02T08:00:00+09:00",
    "2026-03-01T23:59:60Z",
    "2026-03-02t03:00:00.123456789z",
    "2026-03-02T03:00:00-00:00",
  ),
);
const anyTime = fc.oneof(
  time,
  fc.constantFrom("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "0000-01-01T00:00:00Z"),
);

/** Values of the schema, most of them at its edges; JSON is all that it says. */
function arbitraryOf(name: string, schema: Type.TSchema): fc.Arbitrary<unknown> {
  const json: Record<string, unknown> = JSON.parse(JSON.stringify(schema));
  if (name === "ts" || name === "windowStart") return time;
  if (json.format === "date-time") return anyTime;
  if (json.pattern !== undefined) return fc.stringMatching(new RegExp(String(json.pattern)));
  if ("const" in json) return fc.constant(json.const);
  if (Array.isArray(json.enum)) return fc.constantFrom(...json.enum);
  if (Array.isArray(json.anyOf)) return fc.oneof(...json.anyOf.map((one: Type.TSchema) => arbitraryOf(name, one)));
  const { minimum: min = 0, maximum: max = 0, minItems = 0, maxItems = 3 } = { ...numbersIn(json) };
  switch (json.type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.oneof(
        fc.constantFrom(min, max),
        fc.maxSafeInteger().map((value) => Math.min(max, Math.abs(value))),
      );
    case "number":
      return fc.oneof(fc.constantFrom(min, max, 5e-324), fc.double({ min, max, noNaN: true }));
    case "string":
      return fc.string({ unit: "binary", minLength: 1, maxLength: 60 });
    case "array":
      return fc.array(arbitraryOf(name, schemaIn(json.items)), {
        minLength: minItems,
        maxLength: Math.min(maxItems, 16),
      });
    default:
      return messageOf(propertiesIn(json));
  }
}

const numbersIn = (json: Record<string, unknown>): Partial<Record<string, number>> =>
  Object.fromEntries(Object.entries(json).flatMap(([key, value]) => (typeof value === "number" ? [[key, value]] : [])));
const isSchema = (value: unknown): value is Type.TSchema => typeof value === "object" && value !== null;
const schemaIn = (value: unknown): Type.TSchema => (isSchema(value) ? value : {});
const propertiesIn = ({ properties }: Record<string, unknown>): Readonly<Record<string, Type.TSchema>> =>
  Object.fromEntries(Object.entries(schemaIn(properties)).map(([name, value]) => [name, schemaIn(value)]));

const messageOf = (properties: Readonly<Record<string, Type.TSchema>>) =>
  fc.record(Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, arbitraryOf(name, schema)])));

const MESSAGES: fc.Arbitrary<{ readonly kind: MessageKind; readonly message: Record<string, unknown> }> = fc.oneof(
  messageOf(CountsMessage.properties).map((message) => ({ kind: "counts" as const, message: plausible(message) })),
  messageOf(Crossing.properties).map((message) => ({ kind: "events" as const, message })),
  messageOf(Visit.properties).map((message) => ({ kind: "events" as const, message })),
  messageOf(HealthMessage.properties).map((message) => ({ kind: "health" as const, message })),
);

/** Most pass the rules between fields; the others must be refused before the batch. */
function plausible(message: Record<string, unknown>): Record<string, unknown> {
  const visits = Number(message.visits);
  return {
    ...message,
    stops: Math.min(visits, Number(message.stops)),
    dwellS: Math.min(visits * 1e6, Number(message.dwellS)),
    observedS: Math.min(Number(message.windowS), Number(message.observedS)),
    occupancyMean: Math.min(Number(message.occupancyMax), Number(message.occupancyMean)),
  };
}

describe("what the contract takes, DuckDB takes", () => {
  it("every message, with numbers, times and texts at their edges", async () => {
    let position = 0;
    let taken = 0;
    const judge = new ClockJudge({ clock: new ManualClock(new Date(NOW_MS).toISOString()), troubles: silentTroubles });
    await fc.assert(
      fc.asyncProperty(fc.array(MESSAGES, { minLength: 20, maxLength: 60 }), async (messages) => {
        position += 1;
        const entries = messages.map(({ kind, message }, index) => ({
          id: `bus:${position}:${index}`,
          position: { stream: "bus", number: position },
          message: {
            receivedAtMs: NOW_MS,
            topic: `kazoe/v1/acme/shibuya/${String(message.deviceId)}/${kind}`,
            payload: Buffer.from(JSON.stringify(message)),
          },
        }));
        const { sources, ...sorted } = sortMessages(entries, judge);
        const outcome = await warehouse.store(sorted);
        expect(outcome.refused).toBeUndefined();
        expect(outcome.stored + outcome.duplicate).toBe(sources.length);
        taken += sources.length;
      }),
      { numRuns: ROUNDS },
    );
    expect(taken).toBeGreaterThan(ROUNDS * 10);
  }, 600_000);
});

describe("rows that DuckDB cannot take", () => {
  const at = (seq: number) => new Date(NOW_MS + seq * 1000).toISOString();
  const good = (from: number, count: number): readonly DataRow[] =>
    Array.from({ length: count }, (_, index) => countsRow(from + index, at(index)));
  const bad = (row: DataRow): DataRow => ({
    ...row,
    message: { ...row.message, monotonicMs: Number.POSITIVE_INFINITY },
  });

  it("are named, all of them, and nothing of the batch is stored", async () => {
    const rows = good(0, 6).map((row, index) => (index % 3 === 1 ? bad(row) : row));
    const outcome = await warehouse.store(batch(1, { data: rows }));
    const reason = "monotonicMs does not fit a column of type number";
    expect(outcome).toEqual({
      stored: 0,
      duplicate: 0,
      quarantined: 0,
      refused: [1, 4].map((index) => ({ index, reason })),
    });
    expect(await warehouse.lastStored("inbox")).toBe(0);
    expect(await warehouse.store(batch(1, { data: good(0, 6) }))).toMatchObject({ stored: 6 });
  });

  it.each([1, 1000])(
    "cost a batch of 2,000 messages at most its own time again: %i",
    async (faults) => {
      const ratios: number[] = [];
      for (let round = 0; round < 5; round++) {
        const rows = good(10_000 * (2 * round + 1), 2000);
        const plainMs = await timeOf(() => warehouse.store(batch(2 * round + 1, { data: rows })));
        const next = good(10_000 * (2 * round + 2), 2000).map((row, index) =>
          index % (2000 / faults) === 0 ? bad(row) : row,
        );
        const withFaultsMs = await timeOf(async () => {
          const { refused = [] } = await warehouse.store(batch(2 * round + 2, { data: next }));
          expect(refused).toHaveLength(faults);
          const names = new Set(refused.map(({ index }) => index));
          await warehouse.store(batch(2 * round + 2, { data: next.filter((_, index) => !names.has(index)) }));
        });
        ratios.push(withFaultsMs / plainMs);
      }
      const ratio = ratios.sort((a, b) => a - b)[2] ?? Number.NaN;
      console.log(`${faults} of 2,000 refused: ${ratio.toFixed(2)} of the time of a batch without`);
      expect(ratio).toBeLessThan(2);
    },
    60_000,
  );
});

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
