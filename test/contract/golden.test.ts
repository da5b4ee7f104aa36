import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventIdOf } from "../../firmware-config/contract/envelope.ts";
import { faultOf, parseMessage } from "../../firmware-config/contract/messages.ts";
import { MESSAGE_KINDS, type MessageKind, parseTopic, TOPICS, topicOf } from "../../firmware-config/contract/topics.ts";

const DIR = join(import.meta.dirname, "v1");
const KIND: Readonly<Record<string, MessageKind>> = {
  ...{ crossing: "events", visit: "events" },
  ...{ "state-numbered": "state", "birth-numbered": "birth", "health-view": "health" },
};
const samplesIn = (dir: string) =>
  readdirSync(dir).map((file) => {
    const name = file.replace(".json", "");
    return {
      name,
      kind: KIND[name] ?? MESSAGE_KINDS.find((kind) => kind === name) ?? "counts",
      bytes: readFileSync(join(dir, file)),
    };
  });
const samples = samplesIn(DIR);
const counts = JSON.parse(readFileSync(join(DIR, "counts.json"), "utf8"));
const [crossing, visit] = ["crossing", "visit"].map((name) =>
  JSON.parse(readFileSync(join(DIR, `${name}.json`), "utf8")),
);
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

describe("messages of version 1 parse for ever", () => {
  test.each(samples)("$name", ({ kind, bytes }) => {
    const parsed = parseMessage(kind, bytes);
    expect(parsed).toEqual({ ok: true, message: JSON.parse(bytes.toString()) });
    expect(faultOf(kind, JSON.parse(bytes.toString()))).toBeUndefined();
  });

  test("every kind has a sample", () => {
    expect(new Set(samples.map(({ kind }) => kind))).toEqual(new Set(MESSAGE_KINDS));
  });
});

describe("messages of a later version 1", () => {
  const later = samplesIn(join(import.meta.dirname, "v1-later"));

  test.each(later)("$name parses, without what we do not know; a producer must not send it", ({ kind, bytes }) => {
    const known = JSON.parse(bytes.toString(), (key, value) => (key.startsWith("later") ? undefined : value));
    expect(parseMessage(kind, bytes)).toEqual({ ok: true, message: known });
    expect(faultOf(kind, JSON.parse(bytes.toString()))).toBeDefined();
  });

  test.each([
    {
      kind: "health",
      change: (text: string) => text.replace('"ok"', '"frozen"'),
      fault: /status must be a known word/,
    },
    {
      kind: "health",
      change: (text: string) => text.replace('"reconnects"', '"view": "upside-down", "reconnects"'),
      fault: /view must be a known word/,
    },
    {
      kind: "counts",
      change: (text: string) => text.replace('"partial"', '"viewFault": "ok", "partial"'),
      fault: /viewFault must be a known word/,
    },
    {
      kind: "state",
      change: (text: string) => text.replace('"start"', '"update"'),
      fault: /reason must be a known word/,
    },
  ] as const)("a producer of $kind sends known words only", ({ kind, change, fault }) => {
    const sample = readFileSync(join(DIR, `${kind}.json`), "utf8");
    expect(faultOf(kind, JSON.parse(change(sample)))).toMatch(fault);
  });

  test.each([
    { kind: "health", from: '"ok"', to: '""', reason: /status must NOT have fewer/ },
    { kind: "health", from: '"ok"', to: `"${"x".repeat(65)}"`, reason: /status must NOT have more/ },
    { kind: "health", from: '"ok"', to: "7", reason: /status must be string/ },
    { kind: "state", from: '"online"', to: '"asleep"', reason: /state must be equal to one/ },
    { kind: "counts", from: '"line"', to: '"area"', reason: /targetKind must be equal to one/ },
  ] as const)("$to instead of $from in $kind is refused", ({ kind, from, to, reason }) => {
    const sample = readFileSync(join(DIR, `${kind}.json`), "utf8");
    const parsed = parseMessage(kind, Buffer.from(sample.replace(from, to)));
    expect(parsed.ok ? "" : parsed.reason).toMatch(reason);
  });
});

describe("reading", () => {
  test("a field that we do not know is left out, a producer must not send it", () => {
    const later = { ...counts, weather: "rain" };
    expect(parseMessage("counts", bytesOf(later))).toEqual({ ok: true, message: counts });
    expect(faultOf("counts", later)).toContain("additional properties");
  });

  test.each([
    { name: "not JSON", in: Buffer.from("{"), reason: /not JSON/ },
    { name: "not UTF-8", in: Buffer.from([0x22, 0xff, 0x22]), reason: /not JSON/ },
    { name: "another major version", in: bytesOf({ ...counts, v: 2 }), reason: /unknown contract version 2/ },
    { name: "no version", in: bytesOf([]), reason: /unknown contract version/ },
    { name: "null", in: Buffer.from("null"), reason: /unknown contract version/ },
    { name: "a negative count", in: bytesOf({ ...counts, in: -1 }), reason: /\/in must be >= 0/ },
    { name: "a fraction of a person", in: bytesOf({ ...counts, in: 0.5 }), reason: /\/in must be integer/ },
    {
      name: "a window of an hour",
      in: bytesOf({ ...counts, windowS: 3600 }),
      reason: /\/windowS must be equal to one/,
    },
    { name: "no count where it is 0", in: bytesOf({ ...counts, visits: undefined }), reason: /property 'visits'/ },
    { name: "a time that is none", in: bytesOf({ ...counts, ts: "yesterday" }), reason: /\/ts must match format/ },
    { name: "a missing field", in: bytesOf({ ...counts, seq: undefined }), reason: /required property 'seq'/ },
    { name: "another kind", in: bytesOf({ ...counts, kind: "events" }), reason: /\/kind/ },
    { name: "a prototype", in: Buffer.from('{"v":1,"__proto__":{"seq":1}}'), reason: /required/ },
  ])("$name has a reason", ({ in: bytes, reason }) => {
    const parsed = parseMessage("counts", bytes);
    expect(parsed.ok ? "" : parsed.reason).toMatch(reason);
  });
});

describe("an event", () => {
  test.each([
    { name: "a crossing without direction", in: { ...crossing, direction: undefined }, reason: /property 'direction'/ },
    { name: "a crossing sideways", in: { ...crossing, direction: "up" }, reason: /\/direction/ },
    { name: "a visit that never began", in: { ...visit, enteredAt: undefined }, reason: /property 'enteredAt'/ },
    { name: "a visit without dwell", in: { ...visit, dwellS: undefined }, reason: /property 'dwellS'/ },
    { name: "a visit that may be a stop", in: { ...visit, stop: undefined }, reason: /property 'stop'/ },
    { name: "a fall", in: { ...visit, eventKind: "fall" }, reason: /eventKind/ },
    { name: "nothing", in: { ...visit, eventKind: undefined }, reason: /eventKind/ },
  ])("$name is refused by producer and reader", ({ in: event, reason }) => {
    const parsed = parseMessage("events", bytesOf(event));
    expect(parsed.ok ? "" : parsed.reason).toMatch(reason);
    expect(faultOf("events", JSON.parse(JSON.stringify(event)))).toMatch(reason);
  });

  test("a field of the other variant is as unknown as any", () => {
    expect(faultOf("events", { ...crossing, stop: true })).toContain("additional properties");
    expect(parseMessage("events", bytesOf({ ...crossing, stop: true }))).toEqual({ ok: true, message: crossing });
  });
});

describe("topics and identity", () => {
  test("a topic is read back as it was made", () => {
    const who = { tenant: "my-company", store: "s1", device: "cam-01" };
    const topics = Object.keys(TOPICS).map((kind) => parseTopic(`kazoe/v1/my-company/s1/cam-01/${kind}`));
    expect(topics).toEqual(Object.keys(TOPICS).map((kind) => ({ ...who, kind })));
    expect(topicOf(who, "shadow/desired")).toBe("kazoe/v1/my-company/s1/cam-01/shadow/desired");
  });

  test.each(["video", "shadow", "shadow/desired/more", "toString", "", "a\nb"])("a kind that is none: %j", (kind) => {
    const topic = { tenant: "a", store: "b", device: "c", kind: undefined };
    expect(parseTopic(`kazoe/v1/a/b/c/${kind}`)).toEqual(topic);
  });

  test.each([
    "kazoe/v2/a/b/c/counts",
    "kazoe/v1/a/b/counts",
    "kazoe/v1/A/b/c/counts",
    "kazoe/v1/a/b/c",
    "kazoe/v1/a/+/c/counts",
    "$SYS/x",
  ])("%s is not ours", (topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });

  test("device, boot and number are the identity", () => {
    expect(eventIdOf({ deviceId: "cam-01", bootId: "boot-0001", seq: 3 })).toBe("cam-01:boot-0001:3");
  });
});
