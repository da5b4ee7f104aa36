import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { faultOf, parseMessage } from "../../firmware-config/contract/messages.ts";
import { MESSAGE_KINDS, type MessageKind } from "../../firmware-config/contract/topics.ts";

const sample = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, "v1", `${name}.json`), "utf8"));
const counts = sample("counts");
const visit = sample("visit");
const health = sample("health");
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

function reasonOf(kind: MessageKind, value: unknown): string | undefined {
  const parsed = parseMessage(kind, bytesOf(value));
  return parsed.ok ? undefined : parsed.reason;
}

/** Every path of a sample that holds a number, with the sample's kind. */
function numbersOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === "number") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, [...path, key]));
}

function withNumber(value: unknown, [key, ...rest]: readonly string[], number: number): unknown {
  if (key === undefined) return number;
  if (Array.isArray(value))
    return value.map((inner, index) => (String(index) === key ? withNumber(inner, rest, number) : inner));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === key ? withNumber(inner, rest, number) : inner]),
  );
}

const NUMBERS = ["state", "birth", "counts", "crossing", "visit", "health"].flatMap((name) => {
  const kind = MESSAGE_KINDS.find((one) => one === name) ?? "events";
  const message = name === "health" ? { ...health, temperatureC: 40 } : sample(name);
  return numbersOf(message).map((path) => ({ name, path: path.join("."), message, kind, keys: path }));
});

describe("every number has bounds", () => {
  test.each(NUMBERS)("$name: $path", ({ message, kind, keys }) => {
    for (const number of [1e300, -1e300, Number.MAX_VALUE]) {
      const changed = withNumber(message, keys, number);
      expect(reasonOf(kind, changed), `${number}`).toBeDefined();
      expect(faultOf(kind, changed), `${number}`).toBeDefined();
    }
  });
});

describe("numbers that cannot be true together are refused", () => {
  test.each([
    {
      name: "watched for 1,000,000 s in a minute",
      in: { ...counts, windowS: 60, observedS: 1_000_000 },
      reason: /observedS/,
    },
    { name: "watched twice", in: { ...counts, windowS: 60, observedS: 120 }, reason: /\/observedS is longer/ },
    {
      name: "a mean above the most",
      in: { ...counts, occupancyMean: 4, occupancyMax: 3 },
      reason: /\/occupancyMean is more/,
    },
    { name: "more stops than visits", in: { ...counts, visits: 1, stops: 2 }, reason: /\/stops/ },
    { name: "dwell without a visit", in: { ...counts, visits: 0, stops: 0, dwellS: 3 }, reason: /\/dwellS/ },
  ])("$name", ({ in: message, reason }) => expect(reasonOf("counts", message)).toMatch(reason));
});

describe("what a real device may see is taken", () => {
  test.each([
    {
      name: "a busy quarter of an hour",
      in: { ...counts, windowS: 900, observedS: 900, in: 20_000, out: 20_000, frames: 108_000 },
    },
    { name: "a clock put forward in a window", in: { ...counts, windowS: 1, observedS: 1.4 } },
    { name: "a mannequin's month", in: { ...counts, visits: 1, stops: 1, dwellS: 2_678_400 } },
    { name: "a rounded mean", in: { ...counts, occupancyMean: 3.001, occupancyMax: 3 } },
  ])("$name", ({ in: message }) => expect(reasonOf("counts", message)).toBeUndefined());

  test.each([
    { name: "a terabyte of memory", in: { ...health, memoryUsedMb: 900_000, memoryTotalMb: 1_048_576 } },
    { name: "a broken sensor", in: { ...health, temperatureC: 65_535 } },
    { name: "an outbox of a wrong clock", in: { ...health, outboxOldestAgeS: 1.8e9 } },
    {
      name: "ten years of dropped frames",
      in: { ...health, cameras: [{ ...health.cameras[0], droppedFrames: 9.5e9 }] },
    },
  ])("$name", ({ in: message }) => expect(reasonOf("health", message)).toBeUndefined());
});

describe("every time is an instant", () => {
  test.each([
    "2016-12-31T23:59:60Z",
    "2017-01-01T08:59:60+09:00",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:30:00+01:00",
    "9999-12-31T23:59:59-01:00",
  ])("%s is refused", (enteredAt) =>
    expect(reasonOf("events", { ...visit, enteredAt })).toMatch(/\/enteredAt must match format/),
  );

  test.each([
    "2026-11-23T22:31:00Z",
    "2026-11-23t22:31:00.123456z",
    "2026-11-23T22:31:00+05:45",
    "0001-01-01T00:00:00Z",
  ])("%s is taken", (enteredAt) => expect(reasonOf("events", { ...visit, enteredAt })).toBeUndefined());
});

test("a text that no UTF-8 can hold is mended, also deep inside", () => {
  const birth = sample("birth");
  const camera = { ...birth.cameras[0], name: "half \ud83d pair" };
  const parsed = parseMessage("birth", bytesOf({ ...birth, agentVersion: "1\0\udc00", cameras: [camera] }));
  expect(parsed).toMatchObject({
    ok: true,
    message: { agentVersion: "1\ufffd\ufffd", cameras: [{ name: "half \ufffd pair" }] },
  });
  expect(parseMessage("birth", bytesOf({ ...birth, agentVersion: "\u{1f600} \\ud83d" }))).toMatchObject({
    message: { agentVersion: "\u{1f600} \\ud83d" },
  });
});
