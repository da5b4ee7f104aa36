import { expect, it } from "vitest";
import { QuarantineWatch } from "../../../cloud-ingest/ingest/quarantine-watch.ts";
import { reasonClassOf } from "../../../cloud-ingest/ingest/reason-class.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const CLOCK = "ts is more than a day in the future";

function watched() {
  const clock = new ManualClock("2026-11-26T12:00:00Z");
  const log = new LogRecorder();
  const troubles = new Troubles({ log, clock });
  return { clock, log, troubles, watch: new QuarantineWatch({ clock, troubles }) };
}

const times = (count: number, reason: string) => Array.from({ length: count }, () => reason);

it.each([
  { name: "20 of 20: a device that is being set up", messages: 20, refused: 20, raised: false },
  { name: "21 of 21", messages: 21, refused: 21, raised: true },
  { name: "exactly one percent", messages: 3_000, refused: 30, raised: false },
  { name: "more than one percent", messages: 2_999, refused: 30, raised: true },
])("$name", ({ messages, refused, raised }) => {
  const { watch, troubles } = watched();
  watch.saw(messages, times(refused, CLOCK));
  expect(troubles.list()).toHaveLength(raised ? 1 : 0);
});

it("tells how many, of how many and why, but neither payload nor path", () => {
  const { watch, troubles } = watched();
  watch.saw(700, [
    ...times(500, CLOCK),
    ...times(3, "the warehouse refuses it: /srv/kazoe/hot.duckdb"),
    "/in must be <secret>",
  ]);
  expect(troubles.list()[0]?.text).toBe(
    "504 of 700 messages of the last 15 minutes were refused (clock 500, warehouse 3, contract 1); see kazoe quarantine list",
  );
  expect(watch.refusedByClass).toMatchObject({ clock: 500, warehouse: 3, contract: 1, topic: 0 });
});

it("is over when less than half of it is left, or when it is 15 minutes ago", () => {
  const { watch, troubles, clock, log } = watched();
  watch.saw(1_000, times(30, CLOCK));
  watch.saw(3_000, []);
  expect(troubles.list()).toHaveLength(1);
  watch.saw(2_000, []);
  expect(troubles.list()).toEqual([]);
  watch.saw(0, times(100, CLOCK));
  expect(troubles.list()).toHaveLength(1);
  clock.advance(15 * 60);
  watch.saw(0, []);
  expect(troubles.list()).toEqual([]);
  expect(log.lines).toHaveLength(4);
});

it("looks by itself when nothing comes any more", async () => {
  const { watch, troubles, clock } = watched();
  watch.saw(100, times(100, CLOCK));
  clock.advance(16 * 60);
  const stop = new AbortController();
  const running = watch.run(stop.signal);
  expect(troubles.list()).toEqual([]);
  stop.abort();
  await running;
});

it("remembers what came before a restart", () => {
  const { watch, troubles } = watched();
  watch.remember(600, [{ reason: CLOCK, messages: 500 }]);
  expect(troubles.list()[0]?.text).toContain("500 of 600");
  expect(watch.refusedByClass.clock).toBe(0);
});

it.each([
  ["larger than 65536 bytes", "too-large"],
  ["unknown topic", "topic"],
  ["unknown kind of topic", "topic"],
  ["kind not handled yet: ack", "topic"],
  ["not JSON", "unreadable"],
  ["unreadable: Maximum call stack size exceeded", "unreadable"],
  ["unknown contract version 2", "version"],
  ["/in must be >= 0", "contract"],
  ["/ must have required property 'seq'", "contract"],
  ["deviceId is not the device of the topic", "identity"],
  [CLOCK, "clock"],
  ["windowStart is more than a day from ts", "window"],
  ["the warehouse refuses it: overflow", "warehouse"],
  ["damaged in the inbox", "damaged"],
  ["anything", "other"],
])("the reason %j is of the class %s", (reason, name) => {
  expect(reasonClassOf(reason)).toBe(name);
});

it.each([
  "a larger than",
  "an unknown topic",
  "its kind not handled",
  "is not JSON",
  "it is unreadable",
  "an unknown contract version",
  "in /in",
  "the deviceId is not",
  "its ts is",
  "the windowStart",
  "that the warehouse",
])("words of a class in the midst of a reason are none of it: %j", (reason) => {
  expect(reasonClassOf(reason)).toBe("other");
});
