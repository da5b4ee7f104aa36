import { expect, test } from "vitest";
import type { Visit } from "../../../edge-agent/counter/counter-events.ts";
import { TargetWindows } from "../../../edge-agent/window/target-windows.ts";
import { addEvent, addFrame, countsOf, openWindow } from "../../../edge-agent/window/window.ts";

const TARGET = { cameraId: "cam", targetKind: "zone", targetId: "shelf" } as const;
const T0 = Date.parse("2026-01-01T00:00:00Z");
const opened = () => openWindow(TARGET, T0, 10_000);

const visit = (dwellS: number): Visit => ({
  ...{ kind: "visit", zoneId: "shelf", trackId: 1, enteredAtS: 0, leftAtS: dwellS, dwellS, stop: false },
});

test.each([
  { dwellS: 4.999, bin: 0 },
  { dwellS: 5, bin: 1 },
  { dwellS: 599, bin: 7 },
  { dwellS: 1799, bin: 8 },
  { dwellS: 1800, bin: 9 },
  { dwellS: 86_400, bin: 9 },
])("a visit of $dwellS s is in bin $bin", ({ dwellS, bin }) => {
  const window = opened();
  addEvent(window, visit(dwellS));
  addEvent(window, visit(dwellS));
  expect(window.dwellHistogram.flatMap((count, at) => (count > 0 ? [[at, count]] : []))).toEqual([[bin, 2]]);
});

test("the occupancy is that of the frames: the least, the most, and the mean by their time", () => {
  const window = opened();
  for (const [durationS, people] of [
    [0, 2],
    [1, 5],
    [3, 1],
    [1, 3],
  ] as const)
    addFrame(window, { durationS, occupancy: people, sight: { state: "seen" } });
  expect(countsOf(window)).toMatchObject({
    occupancyMin: 1,
    occupancyMax: 5,
    occupancyMean: 2.2,
    frames: 4,
    observedS: 5,
  });
});

test.each([
  { observedS: 9.5, partial: false },
  { observedS: 9.499, partial: true },
])("a window watched for $observedS of 10 s is partial: $partial", ({ observedS, partial }) => {
  expect(countsOf({ ...opened(), observedS }).partial).toBe(partial);
});

test("a time has the window that holds it: its start is in it, its end in the next", () => {
  const windows = new TargetWindows(TARGET, 10_000);
  const starts = [T0 + 5_000, T0 + 9_999, T0, T0 + 10_000, T0 - 1, T0 + 19_999].map((atMs) => windows.at(atMs).startMs);
  expect(starts).toEqual([T0, T0, T0, T0 + 10_000, T0 - 10_000, T0 + 10_000]);
  expect(windows.open).toHaveLength(3);
});

test("windows are taken out that start before, or after", () => {
  const windows = new TargetWindows(TARGET, 10_000);
  for (const k of [0, 1, 2, 3]) windows.at(T0 + k * 10_000);
  const taken = windows.takeOutside(T0 + 10_000, T0 + 20_000);
  expect(taken.map(({ startMs }) => startMs)).toEqual([T0, T0 + 30_000]);
  expect(windows.open.map(({ startMs }) => startMs)).toEqual([T0 + 10_000, T0 + 20_000]);
});
