import { describe, expect, it } from "vitest";
import { ClockJudge } from "../../../cloud-ingest/ingest/clock-judge.ts";
import { sortMessages, withoutRefused } from "../../../cloud-ingest/ingest/sort.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { birthMessage, countsMessage, stateMessage } from "../warehouse/rows.ts";

const NOW_MS = Date.parse("2026-03-02T03:00:30Z");
const TS = "2026-03-02T03:00:00Z";
const COUNTS = "kazoe/v1/acme/shibuya/cam-1/counts";
const counts = countsMessage(1, TS);
const POSITION = { stream: "bus", number: 7 };
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const changed = (from: string, to: string) => Buffer.from(JSON.stringify(counts).replace(from, to));

const judge = () =>
  new ClockJudge({ clock: new ManualClock(new Date(NOW_MS).toISOString()), troubles: silentTroubles });
const sortOne = (topic: string, payload: Uint8Array) =>
  sortMessages([{ id: "bus:7", position: POSITION, message: { receivedAtMs: NOW_MS, topic, payload } }], judge());

describe("a message that cannot be used goes to quarantine", () => {
  it.each([
    { name: "nothing", payload: Buffer.alloc(0), reason: /not JSON/ },
    { name: "no JSON", payload: Buffer.from("hello"), reason: /not JSON/ },
    { name: "half of it", payload: json(counts).subarray(0, 100), reason: /not JSON/ },
    { name: "NaN", payload: changed('"in":1', '"in":NaN'), reason: /not JSON/ },
    { name: "invalid UTF-8", payload: Buffer.concat([json(counts), Buffer.from([0xff])]), reason: /not JSON/ },
    { name: "a number", payload: json(5), reason: /version/ },
    { name: "null", payload: json(null), reason: /version/ },
    { name: "a list", payload: json([counts]), reason: /version/ },
    { name: "the next version", payload: json({ ...counts, v: 2 }), reason: /version 2/ },
    { name: "the version as text", payload: json({ ...counts, v: "1" }), reason: /version/ },
    { name: "missing fields", payload: json({ v: 1, kind: "counts" }), reason: /required/ },
    { name: "another kind", payload: json(stateMessage("online", "boot-0001", TS)), reason: /.+/ },
    { name: "a negative count", payload: changed('"in":1', '"in":-1'), reason: /\/in/ },
    { name: "a fraction", payload: changed('"in":1', '"in":1.5'), reason: /\/in/ },
    { name: "infinity", payload: changed('"observedS":60', '"observedS":1e999'), reason: /observedS/ },
    { name: "text for a number", payload: changed('"in":1', '"in":"1"'), reason: /\/in/ },
    { name: "a time that is none", payload: changed(`"ts":"${TS}"`, '"ts":"yesterday"'), reason: /\/ts/ },
    { name: "the 30th of February", payload: changed(`"ts":"${TS}"`, '"ts":"2026-02-30T00:00:00Z"'), reason: /\/ts/ },
    {
      name: "a leap second",
      payload: json({ ...counts, ts: "2016-12-31T23:59:60Z" }),
      reason: /\/ts must match format/,
    },
    { name: "another device", payload: json({ ...counts, deviceId: "cam-2" }), reason: /device of the topic/ },
    { name: "tomorrow's clock", payload: json(countsMessage(1, "2026-03-03T03:01:00Z")), reason: /future/ },
    { name: "a clock of 1970", payload: json(countsMessage(1, "1970-01-01T00:00:00Z")), reason: /five years/ },
    {
      name: "a window of another week",
      payload: json({ ...counts, windowStart: "2026-02-20T00:00:00Z" }),
      reason: /windowStart/,
    },
    { name: "deep lists", payload: Buffer.from("[".repeat(30_000) + "]".repeat(30_000)), reason: /version/ },
    { name: "a deep version", payload: Buffer.from(`{"v":${"[".repeat(30_000)}${"]".repeat(30_000)}}`), reason: /.+/ },
    {
      name: "a deep field",
      payload: changed('"in":1', `"in":${"[".repeat(30_000)}${"]".repeat(30_000)}`),
      reason: /\/in/,
    },
    { name: "64 KiB and one byte", payload: Buffer.alloc(65_537, " "), reason: /larger than 65536/ },
  ])("with the reason: $name", ({ payload, reason }) => {
    const batch = sortOne(COUNTS, payload);
    expect(batch).toMatchObject({ position: POSITION, data: [], presence: [] });
    expect(batch.quarantine).toEqual([
      {
        ...{ messageId: "bus:7", receivedAt: "2026-03-02T03:00:30.000Z", topic: COUNTS },
        reason: expect.stringMatching(reason),
        payload: expect.any(String),
        ...(batch.quarantine[0]?.payloadBase64 !== undefined && { payloadBase64: expect.any(String) }),
      },
    ]);
    const [row] = batch.quarantine;
    expect(row?.payload.length).toBeLessThanOrEqual(65_536);
    const kept =
      row?.payloadBase64 === undefined ? Buffer.from(row?.payload ?? "") : Buffer.from(row.payloadBase64, "base64");
    expect(kept.equals(payload.subarray(0, 65_536))).toBe(true);
  });

  it.each([
    { topic: "elsewhere", reason: "unknown topic" },
    { topic: "kazoe/v1/ACME/shibuya/cam-1/counts", reason: "unknown topic" },
    { topic: "kazoe/v1/acme/shibuya/cam-1/gossip", reason: "unknown kind of topic" },
    { topic: "kazoe/v1/acme/shibuya/cam-1/ack", reason: "kind not handled yet: ack" },
    { topic: "kazoe/v1/acme/shibuya/cam-1/shadow/reported", reason: "kind not handled yet: shadow/reported" },
  ])("for its topic: $topic", ({ topic, reason }) => {
    expect(sortOne(topic, json(counts)).quarantine[0]).toMatchObject({ topic, reason });
  });

  it("with a reason that any store can hold, cut within a character too", () => {
    const version = `${"x".repeat(38)}\u{1f600}`;
    const [row] = sortOne(COUNTS, json({ ...counts, v: version })).quarantine;
    expect(row?.reason).toBe(`unknown contract version "${"x".repeat(38)}\ufffd`);
  });

  it("with a topic and a payload that any store can hold", () => {
    const [row] = sortOne(`${COUNTS}\0`, Buffer.from([0x7b, 0x00, 0xff, 0x7d])).quarantine;
    expect(row).toMatchObject({ topic: `${COUNTS}\ufffd`, payload: "{\ufffd\ufffd}" });
  });
});

describe("a message that can be used", () => {
  it.each([
    { name: "as it is", payload: json(counts) },
    { name: "with fields of a later version", payload: json({ ...counts, mood: "good" }) },
    { name: "with __proto__", payload: changed("{", '{"__proto__":{"in":9},"constructor":{},') },
    { name: "exactly 64 KiB long", payload: Buffer.from(JSON.stringify(counts).padEnd(65_536)) },
  ])("becomes a row: $name", ({ payload }) => {
    const { data, quarantine } = sortOne(COUNTS, payload);
    expect(quarantine).toEqual([]);
    expect(data).toEqual([
      {
        identity: { tenant: "acme", store: "shibuya", device: "cam-1", kind: "counts" },
        ...{ eventId: "cam-1:boot-00000001:1", date: "2026-03-02", receivedAt: "2026-03-02T03:00:30.000Z" },
        message: counts,
      },
    ]);
  });

  it.each([
    { ts: "2026-03-03T08:30:00+09:00", date: "2026-03-02" },
    { ts: "2026-03-02T20:00:00-05:00", date: "2026-03-03" },
    { ts: "2021-03-03T00:00:00Z", date: "2021-03-03" },
  ])("belongs to the UTC date of its ts: $ts", ({ ts, date }) => {
    expect(sortOne(COUNTS, json(countsMessage(1, ts))).data[0]?.date).toBe(date);
  });

  const DAY_MS = 86_400_000;
  const at = (ms: number) => new Date(NOW_MS + ms).toISOString();

  it.each([
    { name: "a day ahead", ms: DAY_MS, beyond: DAY_MS + 1, reason: "ts is more than a day in the future" },
    {
      name: "five years back",
      ms: -5 * 365.25 * DAY_MS,
      beyond: -5 * 365.25 * DAY_MS - 1,
      reason: "ts is more than five years ago",
    },
  ])("has a clock of exactly $name, and a millisecond more is refused", ({ ms, beyond, reason }) => {
    for (const clockSynced of [true, false]) {
      expect(sortOne(COUNTS, json(countsMessage(1, at(ms), { clockSynced }))).data).toHaveLength(1);
      const refused = sortOne(COUNTS, json(countsMessage(1, at(beyond), { clockSynced }))).quarantine;
      expect(refused).toMatchObject([{ reason }]);
    }
  });

  it.each([DAY_MS, -DAY_MS])("has a windowStart of exactly %d ms from ts, and a millisecond more is refused", (ms) => {
    const reason = "windowStart is more than a day from ts";
    const withStart = (windowMs: number) => json({ ...counts, ts: at(0), windowStart: at(windowMs) });
    expect(sortOne(COUNTS, withStart(ms)).data).toHaveLength(1);
    expect(sortOne(COUNTS, withStart(ms + Math.sign(ms))).quarantine).toMatchObject([{ reason }]);
  });

  it.each(["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])("about presence, whatever its clock says: %s", (ts) => {
    const topic = (kind: string) => COUNTS.replace("counts", kind);
    expect(sortOne(topic("state"), json(stateMessage("online", "boot-0001", ts))).presence).toHaveLength(1);
    expect(sortOne(topic("birth"), json(birthMessage(ts))).presence).toHaveLength(1);
    const leap = "2016-12-31T23:59:60Z";
    expect(sortOne(topic("birth"), json(birthMessage(leap))).quarantine).toMatchObject([
      { reason: expect.stringContaining("/ts must match format") },
    ]);
  });

  it("about presence is no row", () => {
    const topic = (kind: string) => COUNTS.replace("counts", kind);
    expect(sortOne(topic("state"), json(stateMessage("online", "boot-0001", TS))).presence).toHaveLength(1);
    expect(sortOne(topic("birth"), json(birthMessage(TS))).presence).toHaveLength(1);
  });
});

describe("a time of receipt that is none", () => {
  it.each([1e300, -1e300, 8.64e15, 253_402_300_800_000, -62_135_596_800_001, Number.NaN, Number.POSITIVE_INFINITY])(
    "quarantines the message with a time that can be said: %d",
    (receivedAtMs) => {
      const message = { receivedAtMs, topic: COUNTS, payload: json(counts) };
      const { data, quarantine } = sortMessages([{ id: "bus:1", message }], judge());
      expect(data).toEqual([]);
      expect(quarantine).toMatchObject([
        { reason: "its time of receipt is no time", receivedAt: expect.stringMatching(/^(0001|9999)-/) },
      ]);
    },
  );

  it("stops no other message, nor does anything else that sorting throws", () => {
    const broken = judge();
    broken.hear = () => {
      throw new RangeError("Invalid time value");
    };
    const message = { receivedAtMs: NOW_MS, topic: COUNTS, payload: json(counts) };
    const { quarantine } = sortMessages([{ id: "bus:1", message }], broken);
    expect(quarantine).toMatchObject([{ reason: "unreadable: it cannot be sorted: Invalid time value" }]);
  });
});

describe("what is kept of a message that cannot be used", () => {
  const kept = (payload: Uint8Array) => sortOne("elsewhere", payload).quarantine[0];

  it("is its text, where that says all", () => {
    expect(kept(Buffer.from("日本"))).not.toHaveProperty("payloadBase64");
    expect(kept(Buffer.from("日本"))?.payload).toBe("日本");
    expect(kept(Buffer.alloc(65_536, "a"))?.payload).toHaveLength(65_536);
  });

  it("is an excerpt beside the whole, where it does not", () => {
    const bytes = Buffer.concat([Buffer.alloc(5_000, "a"), Buffer.from([0xff])]);
    expect(kept(bytes)).toMatchObject({ payload: "a".repeat(4_096), payloadBase64: bytes.toString("base64") });
  });

  it("is the beginning of what is larger than the contract allows", () => {
    expect(kept(Buffer.alloc(65_537, "a"))?.payload).toHaveLength(65_536);
  });

  it.each([
    { receivedAtMs: Number.NaN, receivedAt: "0001-01-01T00:00:00.000Z" },
    { receivedAtMs: -1e300, receivedAt: "0001-01-01T00:00:00.000Z" },
    { receivedAtMs: 1e300, receivedAt: "9999-12-31T23:59:59.999Z" },
  ])("has the nearest time that can be said: $receivedAtMs", ({ receivedAtMs, receivedAt }) => {
    const { quarantine } = sortMessages(
      [{ id: "bus:1", message: { receivedAtMs, topic: "t", payload: json(1) } }],
      judge(),
    );
    expect(quarantine[0]?.receivedAt).toBe(receivedAt);
  });

  it("is what the bus says that it lost, with the bus's reason", () => {
    const message = { receivedAtMs: NOW_MS, topic: COUNTS, payload: json(counts) };
    const batch = sortMessages([{ id: "bus:1", message, unusable: "given up" }], judge());
    expect(batch).toMatchObject({ data: [], sources: [], quarantine: [{ messageId: "bus:1", reason: "given up" }] });
    expect(batch).not.toHaveProperty("position");
  });
});

it("a batch that goes again has in quarantine what the warehouse refuses, beside what was there, and keeps the rest", () => {
  const entry = (seq: number, payload: unknown = countsMessage(seq, TS)) => {
    return {
      id: `bus:${seq}`,
      position: { stream: "bus", number: seq },
      message: { receivedAtMs: NOW_MS, topic: COUNTS, payload: json(payload) },
    };
  };
  const sorted = sortMessages([entry(1), entry(2, { v: 9 }), entry(3), entry(4)], judge());
  expect(sorted.sources.map(({ id }) => id)).toEqual(["bus:1", "bus:3", "bus:4"]);
  const batch = withoutRefused(sorted, [{ index: 1, reason: "too large" }]);
  expect(batch).not.toHaveProperty("sources");
  expect(batch.position).toEqual({ stream: "bus", number: 4 });
  expect(batch.data.map(({ message }) => message.seq)).toEqual([1, 4]);
  expect(batch.quarantine.map(({ messageId, reason }) => `${messageId} ${reason}`)).toEqual([
    "bus:2 unknown contract version 9",
    "bus:3 the warehouse refuses it: too large",
  ]);
});

it("a message about presence has who sent it and when it came", () => {
  const { presence } = sortOne(COUNTS.replace("counts", "birth"), json(birthMessage(TS)));
  expect(presence).toEqual([
    {
      identity: { tenant: "acme", store: "shibuya", device: "cam-1", kind: "birth" },
      ...{ receivedAt: "2026-03-02T03:00:30.000Z", message: birthMessage(TS) },
    },
  ]);
});
