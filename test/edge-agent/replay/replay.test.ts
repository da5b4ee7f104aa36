import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { OpenCamera } from "../../../edge-agent/camera/open-camera.ts";
import type { FrameShape } from "../../../edge-agent/camera/port.ts";
import { replay } from "../../../edge-agent/replay/replay.ts";
import type { CameraConfig } from "../../../firmware-config/config/device.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { FakeClock } from "../../support/drafts.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { FakeCamera, type FakeCameraOptions, WalkDetector, walkConfig } from "../walk.ts";

const RUN = new AbortController().signal;
const broken = new AppError("day.mp4 is broken", { code: "VIDEO_UNREADABLE", hint: "Convert it." });

/** On its clock a frame takes 10 ms and a bare run as long as it was asked to last, the last one twice as long and three times as fast. */
class TimedDetector extends WalkDetector {
  readonly clock = new FakeClock();
  readonly steps: string[] = [];
  readonly #bare = [
    { fps: 1, longer: 1 },
    { fps: 10, longer: 1 },
    { fps: 1, longer: 1 },
    { fps: 30, longer: 2 },
  ];

  async benchmark(frame: Uint8Array, seconds: number): Promise<number> {
    expect(frame).toHaveLength(this.shape.width * this.shape.height * 3);
    this.steps.push(`bare ${seconds} s`);
    const { fps, longer } = this.#bare.shift() ?? { fps: 0, longer: 1 };
    this.clock.advance(1000 * seconds * longer);
    return fps;
  }

  override detect(frame: Parameters<WalkDetector["detect"]>[0]) {
    if (frame.index === 0) this.steps.push("video");
    this.clock.advance(10);
    return super.detect(frame);
  }
}

interface SetUp extends FakeCameraOptions {
  readonly everyFrame?: boolean;
  /** Of the camera's configuration. */
  readonly rows?: Partial<CameraConfig>;
}

async function setUp({ everyFrame = false, rows = {}, ...camera }: SetUp, outDir?: string) {
  const dir = outDir ?? join(await tempDir(), "out");
  const config = walkConfig("/nowhere", ["street"]);
  const detector = new TimedDetector();
  const opened: FakeCamera[] = [];
  const asked: number[] = [];
  const shapes: FrameShape[] = [];
  const openCamera: OpenCamera = async (_driver, { settings, shape }) => {
    asked.push(settings.fps);
    shapes.push(shape);
    const one = new FakeCamera(camera);
    opened.push(one);
    return one;
  };
  const common = {
    clock: detector.clock,
    log: silentLog,
    onFrame: () => {},
    modelName: "none",
    everyFrame,
    openCamera,
  };
  const run = () =>
    replay({ config, camera: { ...config.cameras[0]!, ...rows }, detector, outDir: dir, ...common }, RUN);
  return { run, dir, detector, opened, asked, shapes };
}

/** The frames of these tests are of a few pixels. */
const SMALL = expect.stringContaining("pixels high for the model");

async function linesOf(dir: string, file: string) {
  const text = await readFile(join(dir, file), "utf8");
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text.split("\n").slice(0, -1);
}

test("a video becomes tracks, events, counts and a summary that agree", async () => {
  const { run, dir, opened } = await setUp({ frames: 90 });
  const summary = await run();
  expect(summary).toMatchObject({ frames: 90, lines: [{ id: "door", in: 1, out: 0 }], zones: [{ visits: 1 }] });
  expect(JSON.parse(await readFile(join(dir, "summary.json"), "utf8"))).toEqual(summary);
  const tracks = await linesOf(dir, "tracks.txt");
  expect(tracks.at(-1)).toMatch(/^90,1,/);
  const events = (await linesOf(dir, "events.ndjson")).map((line) => JSON.parse(line).eventKind);
  expect(events).toEqual(["crossing", "visit"]);
  const counts = (await linesOf(dir, "counts.ndjson")).map((line) => JSON.parse(line));
  expect(counts.reduce((sum, one) => sum + one.in + one.visits, 0)).toBe(2);
  expect(opened.map(({ closed, stats }) => [closed, stats.frames])).toEqual([
    [true, 1],
    [true, 90],
  ]);
});

test.each([
  { everyFrame: false, asked: 10, mode: "as-live", maxFps: 10 },
  { everyFrame: true, asked: Number.POSITIVE_INFINITY, mode: "every-frame", maxFps: null },
])("every frame $everyFrame: the camera is asked for $asked fps, and the summary says so", async (row) => {
  const { run, dir, asked } = await setUp({ frames: 40, shownFrames: 100, everyFrame: row.everyFrame });
  const { mode, maxFps } = row;
  const summary = { mode, maxFps, frames: 40, shownFrames: 100 };
  expect(await run()).toMatchObject(summary);
  expect(JSON.parse(await readFile(join(dir, "summary.json"), "utf8"))).toMatchObject(summary);
  expect(asked).toEqual([row.asked, row.asked]);
});

test("frames of which nothing is known are left out and told; when there are no others, that is an error", async () => {
  const some = await setUp({ frames: 90 });
  some.detector.unknown = (index) => index % 10 === 3;
  expect(await some.run()).toMatchObject({
    frames: 81,
    unusableFrames: 9,
    warnings: ["the model's output was not finite on 9 of 90 frames; they were left out", SMALL],
    shownFrames: 90,
    lines: [{ in: 1, out: 0 }],
  });
  const none = await setUp({ frames: 20 });
  none.detector.unknown = () => true;
  await expect(none.run()).rejects.toMatchObject({
    code: "MODEL_INVALID",
    message: expect.stringContaining("20 frames"),
  });
});

test("what the video must not be counted without stands in the summary", async () => {
  const whole = await setUp({ frames: 20 });
  expect(await whole.run()).toMatchObject({ warnings: [SMALL] });
  const damaged = await setUp({ frames: 20, warning: "half of it is missing" });
  expect(await damaged.run()).toMatchObject({ warnings: ["half of it is missing", SMALL] });
  const summary = JSON.parse(await readFile(join(damaged.dir, "summary.json"), "utf8"));
  expect(summary).toMatchObject({ warnings: ["half of it is missing", SMALL] });
});

test("the bare speed is measured before and after the video, warmed up, and joined by time", async () => {
  const { run, detector } = await setUp({ frames: 20 });
  const runs = 10 * 1.5 + 30 * 3;
  expect(await run()).toMatchObject({ bareInferenceFps: Number((runs / 4.5).toFixed(2)), wallS: 0.2, fps: 100 });
  expect(detector.steps).toEqual(["bare 0.3 s", "bare 1.5 s", "video", "bare 0.3 s", "bare 1.5 s"]);
});

test("a failure on the way leaves complete files, tells so, and no summary of an earlier replay stays", async () => {
  const { run, dir, detector } = await setUp({ frames: 70, failure: broken });
  await mkdir(dir);
  await writeFile(join(dir, "summary.json"), "{}");
  await expect(run()).rejects.toMatchObject({
    code: "VIDEO_UNREADABLE",
    hint: "Convert it.",
    message: `day.mp4 is broken (after 70 frames; what was counted until then is in ${dir})`,
    cause: broken,
  });
  expect((await linesOf(dir, "tracks.txt")).at(-1)).toMatch(/^70,1,/);
  expect(await linesOf(dir, "events.ndjson")).toHaveLength(2);
  const counts = (await linesOf(dir, "counts.ndjson")).map((line) => JSON.parse(line));
  expect(counts.reduce((sum, one) => sum + one.in + one.visits, 0)).toBe(2);
  expect(await readdir(dir)).not.toContain("summary.json");
  expect(detector.steps).toHaveLength(3);
});

test("a fault of ours comes as it is, the files complete all the same", async () => {
  const { run, dir, detector } = await setUp({ frames: 90 });
  detector.failAt = 70;
  await expect(run()).rejects.toBe(detector.failure);
  expect((await linesOf(dir, "tracks.txt")).at(-1)).toMatch(/^70,1,/);
});

test("a video without a picture is an error", async () => {
  const { run } = await setUp({ frames: 0 });
  await expect(run()).rejects.toMatchObject({ code: "VIDEO_UNREADABLE" });
});

test.each(["tracks.txt", "events.ndjson"])("a file that cannot be written is told: %s", async (file) => {
  const dir = await tempDir();
  await mkdir(join(dir, file));
  const { run } = await setUp({ frames: 90 }, dir);
  await expect(run()).rejects.toBeInstanceOf(AppError);
});

test("a model that sees nobody at all may be the wrong one for the view, and the summary says so", async () => {
  const { run } = await setUp({ frames: 2 });
  expect((await run()).warnings).toEqual([expect.stringContaining("detector: { type: overhead }")]);
  const seen = await setUp({ frames: 20 });
  expect((await seen.run()).warnings).not.toContainEqual(expect.stringContaining("overhead"));
});

test("people who are too small in the model's frame are told, with their height", async () => {
  const { run } = await setUp({ frames: 20 });
  const { personPx, inferencesPerFrame, warnings } = await run();
  expect(inferencesPerFrame).toBe(1);
  expect(personPx).toBeGreaterThan(0);
  expect(warnings).toEqual([expect.stringContaining(`people are about ${personPx} pixels high for the model`)]);
  const nobody = await setUp({ frames: 2 });
  expect((await nobody.run()).personPx).toBeNull();
});

test("tiles: the camera is asked for them, the bare speed is that of one, and the summary tells how many", async () => {
  const { run, shapes } = await setUp({ frames: 20, rows: { tiles: { columns: 2, rows: 1, overlap: 0.25 } } });
  expect(await run()).toMatchObject({ inferencesPerFrame: 2 });
  expect(shapes.map(({ parts }) => parts?.count)).toEqual([2, 2]);
});
