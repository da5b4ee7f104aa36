import { expect, test, vi } from "vitest";
import type { CounterEvent } from "../../../edge-agent/counter/counter-events.ts";
import { readCheckpoint } from "../../../edge-agent/window/checkpoint.ts";
import { Windows } from "../../../edge-agent/window/windows.ts";
import { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";
import { RecordingSink } from "../../support/recording-sink.ts";

const { cameras } = parseConfig(
  `tenant: t
store: s
device: d
cameras:
  - id: cam
    source: x
    lines: [{ id: door, from: [0, 0], to: [1, 1], uTurnS: 2, confirmS: 0.3 }]
    zones: [{ id: shelf, polygon: [[0, 0], [1, 0], [1, 1]], leaveAfterS: 1 }]
`,
  "d.yaml",
  DeviceConfig,
);
const camera = cameras[0]!;
const T0 = Date.parse("2026-01-01T00:00:00Z");

const crossing = (atS: number, direction: "in" | "out" = "in"): CounterEvent => ({
  kind: "crossing",
  lineId: "door",
  trackId: 1,
  direction,
  atS,
});
const visit = (leftAtS: number, dwellS: number, stop: boolean): CounterEvent => ({
  kind: "visit",
  zoneId: "shelf",
  trackId: 1,
  enteredAtS: leftAtS - dwellS,
  leftAtS,
  dwellS,
  stop,
});

/** Ten frames a second from 0 s, with events at given frames and an occupancy of one in the zone. */
async function play(sink: RecordingSink, seconds: number, eventsAt: Record<number, CounterEvent[]>) {
  const windows = new Windows({ windowMs: 10_000, events: true, sink });
  const mine = windows.forCamera(camera);
  for (let i = 0; i < seconds * 10; i++) {
    await mine.add({ captureMs: T0 + i * 100, atS: i / 10 }, eventsAt[i] ?? [], [1]);
  }
  const end = { captureMs: T0 + (seconds * 10 - 1) * 100, atS: seconds - 0.1 };
  return { finish: () => mine.finish(end, []) };
}

test("each target has one message a window, zero included, and the sums are right", async () => {
  const sink = new RecordingSink();
  const { finish } = await play(sink, 30, {
    50: [crossing(4.9)],
    120: [crossing(11, "out"), visit(11.5, 6, false)],
    130: [visit(12, 20, true)],
  });
  await finish();
  expect(sink.counts("door").map((one) => [one.windowStart.slice(17, 19), one.in, one.out])).toEqual([
    ["00", 1, 0],
    ["10", 0, 1],
    ["20", 0, 0],
  ]);
  const shelf = sink.counts("shelf")[1];
  expect(shelf).toMatchObject({
    visits: 2,
    stops: 1,
    passersBy: 1,
    dwellS: 26,
    occupancyMin: 1,
    occupancyMax: 1,
    partial: false,
  });
  expect(shelf?.dwellHistogram).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
  expect(shelf?.observedS).toBeCloseTo(10, 1);
});

test("an event that was held back counts in the window in which it happened", async () => {
  const sink = new RecordingSink();
  const { finish } = await play(sink, 14, { 110: [crossing(9.5)] });
  await finish();
  expect(sink.counts("door").map((one) => one.in)).toEqual([1, 0]);
});

test("an event later than its window's message makes a second one, so that the sum is right", async () => {
  const sink = new RecordingSink();
  const { finish } = await play(sink, 40, { 350: [crossing(1)] });
  await finish();
  const first = sink.counts("door").filter((one) => one.windowStart.endsWith("00:00.000Z"));
  expect(first.map((one) => [one.in, one.observedS > 0])).toEqual([
    [0, true],
    [1, false],
  ]);
});

test("each event is in the same commit as the checkpoint that holds it, and the next boot publishes it once", async () => {
  const sink = new RecordingSink();
  await play(sink, 6, { 50: [crossing(4.9)] });
  expect(sink.drafts.map((draft) => draft.kind)).toEqual(["events"]);
  const next = new RecordingSink();
  const left = readCheckpoint(sink.checkpoint ?? "");
  expect(left).toMatchObject({ ok: true });
  await new Windows({ windowMs: 60_000, events: true, sink: next }).recover(left.ok ? left.windows : []);
  expect(next.counts("door")).toMatchObject([{ in: 1, out: 0, windowS: 10, partial: true }]);
  expect(readCheckpoint(next.checkpoint ?? "")).toEqual({ ok: true, windows: [] });
});

test("a crossing and a visit become messages with their own times", async () => {
  const sink = new RecordingSink();
  await play(sink, 13, { 110: [crossing(10.9, "out")], 120: [visit(11.5, 6.25, true)] });
  const time = (s: number) => new Date(T0 + 1000 * s).toISOString();
  expect(sink.drafts.filter(({ kind }) => kind === "events")).toEqual([
    { kind: "events", ts: time(10.9), cameraId: "cam", targetId: "door", eventKind: "crossing", direction: "out" },
    {
      ...{ kind: "events", ts: time(11.5), cameraId: "cam", targetId: "shelf", eventKind: "visit" },
      ...{ enteredAt: time(5.25), dwellS: 6.25, stop: true },
    },
  ]);
});

test("a line and a zone of one name are two targets; what is of neither counts nowhere", async () => {
  const sink = new RecordingSink();
  const [line] = camera.lines;
  const [zone] = camera.zones;
  if (!line || !zone) throw new Error("The camera has both");
  const lines = [
    { ...line, id: "gate" },
    { ...line, id: "same" },
  ];
  const mine = new Windows({ windowMs: 10_000, events: false, sink }).forCamera({
    ...{
      ...camera,
      lines,
      zones: [
        { ...zone, id: "same" },
        { ...zone, id: "hall" },
      ],
    },
  });
  const time = { captureMs: T0 + 5_000, atS: 5 };
  await mine.add(
    time,
    [
      { ...crossing(4), lineId: "same" },
      { ...visit(4, 3, false), zoneId: "same" },
    ] as CounterEvent[],
    [1, 2],
  );
  await mine.add(time, [{ ...crossing(4), lineId: "gone" }] as CounterEvent[], [1, 2]);
  await mine.finish(time, []);
  const told = sink.drafts.flatMap((one) => (one.kind === "counts" ? [one] : []));
  expect(told.map((one) => [one.targetKind, one.targetId, one.in, one.visits, one.occupancyMax])).toEqual([
    ["line", "gate", 0, 0, 0],
    ["line", "same", 1, 0, 0],
    ["zone", "same", 0, 1, 1],
    ["zone", "hall", 0, 0, 2],
  ]);
});

test("nothing is committed where nothing happened", async () => {
  const sink = new RecordingSink();
  const commit = vi.spyOn(sink, "commit");
  const mine = new Windows({ windowMs: 10_000, events: false, sink }).forCamera(camera);
  for (let atS = 0; atS < 9; atS++) await mine.add({ captureMs: T0 + atS * 1000, atS }, [], [0]);
  await mine.settle(T0 + 9_000);
  await mine.settle(T0 + 9_500);
  expect(commit).not.toHaveBeenCalled();
  await mine.add({ captureMs: T0 + 9_000, atS: 9 }, [crossing(8)], [0]);
  expect(commit).toHaveBeenCalledTimes(1);
  expect(sink.drafts).toEqual([]);
});

// The door holds a crossing back for 2.3 s, the shelf a visit for 1 s; one more second is to spare.
test.each([
  { nowMs: 13_299, published: 0 },
  { nowMs: 13_300, published: 2 },
])("a window is published $nowMs ms after its begin: $published messages", async ({ nowMs, published }) => {
  const sink = new RecordingSink();
  const mine = new Windows({ windowMs: 10_000, events: false, sink }).forCamera(camera);
  await mine.add({ captureMs: T0, atS: 0 }, [], [0]);
  await mine.settle(T0 + nowMs);
  expect(sink.drafts).toHaveLength(published);
});

test.each([
  { gapS: 2, observedS: 2 },
  { gapS: 2.001, observedS: 0 },
])("$gapS s between two frames are $observedS s watched", async ({ gapS, observedS }) => {
  const sink = new RecordingSink();
  const mine = new Windows({ windowMs: 10_000, events: false, sink }).forCamera(camera);
  for (const atS of [5, 5 + gapS]) await mine.add({ captureMs: T0 + atS * 1000, atS }, [], [0]);
  await mine.finish({ captureMs: T0 + 8_000, atS: 8 }, []);
  expect(sink.counts("door")).toMatchObject([{ observedS, frames: 2 }]);
});

test("events that no frame brought count too", async () => {
  const sink = new RecordingSink();
  const mine = new Windows({ windowMs: 10_000, events: false, sink }).forCamera(camera);
  const time = { captureMs: T0 + 5_000, atS: 5 };
  await mine.addEvents(time, [crossing(3)]);
  await mine.finish(time, []);
  expect(sink.counts("door")).toMatchObject([{ in: 1, frames: 0, observedS: 0 }]);
});

test("a gap in the pictures is not observed", async () => {
  const sink = new RecordingSink();
  const windows = new Windows({ windowMs: 10_000, events: true, sink });
  const mine = windows.forCamera(camera);
  for (const atS of [0, 1, 2, 8, 9]) await mine.add({ captureMs: T0 + atS * 1000, atS }, [], [0]);
  await mine.finish({ captureMs: T0 + 9_000, atS: 9 }, []);
  expect(sink.counts("door")).toMatchObject([{ observedS: 3, partial: true, frames: 5 }]);
});

test("a live camera's windows end by the clock while no frame comes", async () => {
  const sink = new RecordingSink();
  const windows = new Windows({ windowMs: 10_000, events: true, sink });
  const mine = windows.forCamera(camera);
  await mine.add({ captureMs: T0, atS: 0 }, [crossing(0)], [0]);
  await mine.settle(T0 + 9_000);
  expect(sink.counts("door")).toEqual([]);
  await mine.settle(T0 + 21_000);
  expect(sink.counts("door")).toMatchObject([{ in: 1 }]);
});

const HOUR_MS = 3_600_000;

/** One frame a second; `wallMs` says what the wall clock shows at each second. */
async function playClock(
  seconds: number,
  wallMs: (second: number) => number,
  eventsAt: Record<number, CounterEvent[]>,
) {
  const sink = new RecordingSink();
  const mine = new Windows({ windowMs: 10_000, events: false, sink }).forCamera(camera);
  let mostOpen = 0;
  let publishedBy: (number | undefined)[] = [];
  for (let atS = 0; atS < seconds; atS++) {
    await mine.add({ captureMs: wallMs(atS), atS }, eventsAt[atS] ?? [], [1]);
    const left = readCheckpoint(sink.checkpoint ?? "");
    mostOpen = Math.max(mostOpen, left.ok ? left.windows.length : 0);
    publishedBy = [...publishedBy, sink.counts("door").reduce((sum, one) => sum + one.in, 0)];
  }
  await mine.finish({ captureMs: wallMs(seconds - 1), atS: seconds - 1 }, []);
  const door = sink.counts("door");
  const messages = new Map<string, number>();
  for (const { windowStart } of door) messages.set(windowStart, (messages.get(windowStart) ?? 0) + 1);
  return {
    in: door.reduce((sum, one) => sum + one.in, 0),
    frames: door.reduce((sum, one) => sum + one.frames, 0),
    mostMessages: Math.max(...messages.values()),
    windows: messages.size,
    mostOpen,
    publishedBy,
  };
}

test("a clock that jumps an hour ahead loses nothing, not even what is held back over the jump", async () => {
  const wallMs = (second: number) => T0 + second * 1000 + (second < 15 ? 0 : HOUR_MS);
  const played = await playClock(60, wallMs, { 5: [crossing(4.9)], 16: [crossing(14.5)], 50: [crossing(49)] });
  expect(played).toMatchObject({ in: 3, frames: 60, mostMessages: 1, windows: 7 });
  expect(played.publishedBy[30]).toBeGreaterThan(0);
});

test("a clock that is put back an hour loses nothing: what lies ahead is published at once, not an hour later", async () => {
  const wallMs = (second: number) => T0 + second * 1000 + (second < 35 ? HOUR_MS : 0);
  const played = await playClock(3_700, wallMs, { 34: [crossing(33)], 36: [crossing(34.5)] });
  expect(played).toMatchObject({ in: 2, frames: 3_700, mostMessages: 2 });
  expect(played.publishedBy[36]).toBe(1);
  expect(played.publishedBy[60]).toBe(2);
  expect(played.mostOpen).toBeLessThanOrEqual(6);
});

test("a clock that is put back by less than a window goes on with the same windows", async () => {
  const wallMs = (second: number) => T0 + second * 1000 - (second < 21 ? 0 : 3_000);
  expect(await playClock(60, wallMs, { 20: [crossing(20)], 22: [crossing(21.5)] })).toMatchObject({
    in: 2,
    frames: 60,
    mostMessages: 1,
    windows: 6,
  });
});

test("capture times that do not grow fill one window, and it is published once", async () => {
  const played = await playClock(600, () => T0, { 100: [crossing(99)], 500: [crossing(499)] });
  expect(played).toMatchObject({ in: 2, frames: 600, mostMessages: 1 });
  expect(played.mostOpen).toBeLessThanOrEqual(4);
});

test("a clock that jumps about keeps few windows open", async () => {
  const wallMs = (second: number) => T0 + ((second * 7_919) % 1_000) * HOUR_MS;
  const events = Object.fromEntries(Array.from({ length: 500 }, (_, atS) => [atS, [crossing(atS)]]));
  const played = await playClock(500, wallMs, events);
  expect(played).toMatchObject({ in: 500, frames: 500 });
  expect(played.mostOpen).toBeLessThanOrEqual(6);
});
