import { expect, test } from "vitest";
import { runPipeline } from "../../edge-agent/pipeline.ts";
import { Windows } from "../../edge-agent/window/windows.ts";
import { RecordingSink } from "../support/recording-sink.ts";
import { FakeCamera, type FakeCameraOptions, WalkDetector, walkConfig } from "./walk.ts";

const { cameras, tracker } = walkConfig("/nowhere", ["street"]);
const config = cameras[0]!;
const RUN = new AbortController().signal;

function setUp(options: FakeCameraOptions) {
  const sink = new RecordingSink();
  const camera = new FakeCamera(options);
  const detector = new WalkDetector();
  const windows = new Windows({ windowMs: 10_000, events: true, sink }).forCamera(config);
  return { sink, camera, detector, pipeline: { config, trackerConfig: tracker, camera, detector, windows } };
}

/** Sums of the published windows, which must be the sums of the published events too. */
function published(sink: RecordingSink) {
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
  const events = sink.drafts.flatMap((draft) => (draft.kind === "events" ? [draft.eventKind] : []));
  const crossings = sum([...sink.counts("door").map((one) => one.in + one.out)]);
  const visits = sum(sink.counts("shelf").map((one) => one.visits));
  expect(events.toSorted()).toEqual([...Array(crossings).fill("crossing"), ...Array(visits).fill("visit")]);
  return { crossings, visits, frames: sum(sink.counts("door").map((one) => one.frames)) };
}

test("a person walks through the picture: one crossing, one visit, every frame in a window", async () => {
  const { sink, pipeline } = setUp({ frames: 90 });
  expect(await runPipeline(pipeline, RUN)).toMatchObject({
    lines: [{ id: "door", in: 1, out: 0 }],
    zones: [{ id: "shelf", visits: 1 }],
  });
  expect(published(sink)).toEqual({ crossings: 1, visits: 1, frames: 90 });
});

test("a camera that fails loses nothing: the visit under way and the open windows are published", async () => {
  const { sink, pipeline } = setUp({ frames: 70, failure: new Error("gone") });
  await expect(runPipeline(pipeline, RUN)).rejects.toThrowError("gone");
  expect(published(sink)).toEqual({ crossings: 1, visits: 1, frames: 70 });
});

test("a detector that fails loses nothing either, and the camera is closed", async () => {
  const { sink, pipeline, camera, detector } = setUp({});
  detector.failAt = 70;
  await expect(runPipeline(pipeline, RUN)).rejects.toThrowError("the model broke");
  expect(published(sink)).toEqual({ crossings: 1, visits: 1, frames: 70 });
  expect(camera.closed).toBe(true);
});

test("an abort ends it quietly, with all that was counted", async () => {
  const stop = new AbortController();
  const { sink, pipeline } = setUp({});
  const observe = ({ index }: { index: number }) => {
    if (index === 69) stop.abort();
  };
  expect(await runPipeline({ ...pipeline, observe }, stop.signal)).toMatchObject({ zones: [{ visits: 1 }] });
  expect(published(sink)).toMatchObject({ crossings: 1, visits: 1 });
});

test("a camera without a frame publishes nothing", async () => {
  const { sink, pipeline } = setUp({ frames: 0 });
  expect(await runPipeline(pipeline, RUN)).toMatchObject({ lines: [{ in: 0, out: 0 }], zones: [{ visits: 0 }] });
  expect(sink.drafts).toEqual([]);
});

test.each([
  { name: "smaller", picture: { width: 320, height: 240 } },
  { name: "larger, and of another shape", picture: { width: 1920, height: 1080 } },
])("a camera that comes back with a picture that is $name: lines stay in their place", async ({ picture }) => {
  const old = { width: 640, height: 480 };
  const { sink, pipeline } = setUp({ frames: 90, pictureAt: (i) => (i < 20 ? old : picture) });
  expect(await runPipeline(pipeline, RUN)).toMatchObject({ lines: [{ in: 1, out: 0 }], zones: [{ visits: 1 }] });
  expect(published(sink)).toEqual({ crossings: 1, visits: 1, frames: 90 });
});

test("totals and messages agree when the size changes during a visit", async () => {
  const pictureAt = (i: number) => (i < 60 ? { width: 640, height: 480 } : { width: 320, height: 240 });
  const { sink, pipeline } = setUp({ frames: 90, pictureAt });
  const totals = await runPipeline(pipeline, RUN);
  expect(totals).toMatchObject({ lines: [{ in: 1, out: 0 }], zones: [{ visits: 2 }] });
  expect(totals.zones[0]?.dwellS).toBeGreaterThan(3);
  expect(published(sink)).toEqual({ crossings: 1, visits: 2, frames: 90 });
});
