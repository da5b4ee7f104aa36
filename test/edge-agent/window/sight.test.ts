import { expect, test } from "vitest";
import { checkpointOf, readCheckpoint } from "../../../edge-agent/window/checkpoint.ts";
import { addFrame, countsOf, openWindow, type Sight } from "../../../edge-agent/window/window.ts";
import { Windows } from "../../../edge-agent/window/windows.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { walkConfig } from "../walk.ts";

const camera = walkConfig("/nowhere", ["street"]).cameras[0]!;
const T0 = Date.parse("2026-01-01T00:00:00Z");
const SEEN: Sight = { state: "seen" };
const DOUBT: Sight = { state: "doubtful" };
const FROZEN: Sight = { state: "blind", fault: "frozen" };

/** Ten frames a second, one person in the zone; `sightAt` by seconds. */
async function play(seconds: number, sightAt: (atS: number) => Sight) {
  const sink = new RecordingSink();
  const mine = new Windows({ windowMs: 10_000, events: true, sink }).forCamera(camera);
  for (let i = 0; i < seconds * 10; i++)
    await mine.add({ captureMs: T0 + i * 100, atS: i / 10, sight: sightAt(i / 10) }, [], [1]);
  return { sink, finish: () => mine.finish({ captureMs: T0 + seconds * 1000, atS: seconds }, []) };
}

const seconds = (sink: RecordingSink) =>
  sink
    .counts("door")
    .map(({ observedS, blindS = 0, viewFault }) => [Math.round(observedS), Math.round(blindS), viewFault]);

test("time in which nobody could be seen is not watched, from when the doubt began", async () => {
  const { sink, finish } = await play(60, (atS) => (atS < 15 ? SEEN : atS < 45 ? DOUBT : FROZEN));
  await finish();
  expect(seconds(sink)).toEqual([
    [10, 0, undefined],
    [5, 5, undefined],
    [0, 10, undefined],
    [0, 10, undefined],
    [0, 10, "frozen"],
    [0, 10, "frozen"],
  ]);
  expect(sink.counts("door").map(({ partial }) => partial)).toEqual([false, true, true, true, true, true]);
});

test("a doubt that ends well leaves no trace, but that its windows came later", async () => {
  const { sink, finish } = await play(60, (atS) => (atS >= 15 && atS < 45 ? DOUBT : SEEN));
  await finish();
  expect(seconds(sink)).toEqual(Array(6).fill([10, 0, undefined]));
  expect(sink.counts("shelf").every((one) => one.occupancyMean === 1 && one.blindS === undefined)).toBe(true);
});

test("a window waits for the end of a doubt, and for no doubt that does not end", async () => {
  const { sink } = await play(140, (atS) => (atS < 5 ? SEEN : DOUBT));
  const starts = sink.counts("door").map(({ windowStart }) => windowStart.slice(14, 19));
  expect(starts.slice(0, 3)).toEqual(["00:00", "00:10", "00:20"]);
  expect(starts.length).toBeLessThan(6);
  expect(seconds(sink)[1]).toEqual([10, 0, undefined]);
});

test("what was counted while the camera was blind counts; the mean is that of the time that was watched", () => {
  const window = openWindow({ cameraId: "c", targetKind: "zone", targetId: "z" }, T0, 10_000);
  for (let i = 0; i < 5; i++) addFrame(window, { durationS: 1, occupancy: 4, sight: SEEN });
  for (let i = 0; i < 5; i++)
    addFrame(window, { durationS: 1, occupancy: 0, sight: { state: "blind", fault: "blocked" } });
  addFrame(window, { durationS: 0, occupancy: 0, sight: FROZEN });
  expect(countsOf({ ...window, in: 2 })).toMatchObject({
    ...{ in: 2, frames: 11, observedS: 5, blindS: 5, viewFault: "frozen", partial: true },
    ...{ occupancyMin: 4, occupancyMax: 4, occupancyMean: 4 },
  });
});

test("a moved camera is watched, and its windows say so", async () => {
  const { sink, finish } = await play(20, () => ({ state: "seen", fault: "moved" }));
  await finish();
  expect(seconds(sink)).toEqual([
    [10, 0, "moved"],
    [10, 0, "moved"],
  ]);
});

test("the next boot takes over a window in doubt; while all is well an older version reads what this one leaves", () => {
  const window = openWindow({ cameraId: "c", targetKind: "line", targetId: "l" }, T0, 10_000);
  addFrame(window, { durationS: 1, occupancy: 0, sight: SEEN });
  expect(Object.keys(window)).not.toContain("blindS");
  addFrame(window, { durationS: 2, occupancy: 0, sight: DOUBT });
  addFrame(window, { durationS: 3, occupancy: 0, sight: FROZEN });
  const read = readCheckpoint(checkpointOf([window]));
  expect(read).toEqual({ ok: true, windows: [window] });
  expect(read.ok && read.windows.map(countsOf)).toMatchObject([{ observedS: 3, blindS: 3, viewFault: "frozen" }]);
});
