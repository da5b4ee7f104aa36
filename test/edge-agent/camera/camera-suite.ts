import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, open as openFile, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";
import { becomeUnprivileged } from "../../support/unprivileged.ts";
import { CLIP, collect, makeClip, type OpenCamera, recorder, SHAPE } from "./clips.ts";
import { pictureSuite } from "./picture-suite.ts";

const DURATION_MS = (CLIP.frames * 1000) / CLIP.fps;
const all = Array.from({ length: CLIP.frames }, (_, i) => i);

/** Which of several pictures a driver can read; one that reads the first refuses a file whose largest is another. */
type Choice = "largest" | "first";

/** What every driver of the camera port must do. */
export function cameraSuite(open: OpenCamera, choice: Choice = "largest"): void {
  describe("a video file", () => playing(open));
  describe("a file that is not as it should be", () => damaged(open));
  describe("a file that cannot be played", () => refusing(open));
  describe("the picture of a film", () => pictureSuite(open));
  describe("a film of several streams", () => severalStreams(open, choice));
}

function playing(open: OpenCamera): void {
  let folder: string;
  let clip: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kazoe-test-"));
    clip = await makeClip(folder, "clip.mkv", ["-c:v", "ffv1"]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("fast: gives every frame once, in order, letterboxed, and ends", async () => {
    const camera = await open({ source: clip });
    const seen = await collect(camera);
    expect(seen.map((frame) => frame.index)).toEqual(all);
    for (const frame of seen) expect(frame.corner).toBe(SHAPE.padValue);
    for (let i = 1; i < seen.length; i++) expect(seen[i]?.centre).toBeGreaterThan(seen[i - 1]?.centre ?? 0);
    const counts = { frames: CLIP.frames, shownFrames: CLIP.frames, droppedFrames: 0, reconnects: 0 };
    expect(camera.stats).toEqual({ status: "ended", ...counts });
  });

  it("fast: waits for a slow consumer and drops nothing", async () => {
    const seen = await collect(await open({ source: clip, stallS: 2 }), { pauseMs: 10 });
    expect(seen.map((frame) => frame.index)).toEqual(all);
  });

  it.each([
    { name: "avi, no frame rate games", file: "clip.avi", output: ["-c:v", "mpeg4", "-q:v", "2"] },
    { name: "mp4 with reordered frames", file: "clip.mp4", output: ["-c:v", "mpeg4", "-bf", "2", "-q:v", "2"] },
    { name: "motion jpeg", file: "mjpeg.avi", output: ["-c:v", "mjpeg", "-q:v", "2"] },
  ])("reads $name", async ({ file, output }) => {
    const path = await makeClip(await tempDir(), file, output);
    expect((await collect(await open({ source: path }))).map((frame) => frame.index)).toEqual(all);
  });

  it.each(["mkv", "mp4"])("stamps the frames of a variable rate as the file shows them: %s", async (ending) => {
    const path = await makeClip(await tempDir(), `variable.${ending}`, [
      ...["-vsync", "0", "-c:v", "mpeg4", "-q:v", "2", "-vf", "setpts='if(lt(N,15),N,15+5*(N-15))'"],
    ]);
    const seen = await collect(await open({ source: path, fileStart: 0 }));
    const atMs = all.map((n) => (n < 15 ? 100 * n : 1500 + 500 * (n - 15)));
    // ffmpeg 7 writes an mp4 whose edit list leaves out the last frame.
    expect(seen.length).toBeGreaterThanOrEqual(CLIP.frames - 1);
    expect(seen.map((frame) => frame.captureMs)).toEqual(atMs.slice(0, seen.length));
  });

  it.each([
    { name: "a given start", fileStart: 5000, startMs: 5000, slackMs: 0 },
    { name: "now", fileStart: "now", startMs: 0, slackMs: 5000 },
    { name: "ends now", fileStart: "ends-now", startMs: -DURATION_MS, slackMs: 5000 },
  ] as const)("capture time: $name", async ({ fileStart, startMs, slackMs }) => {
    const beforeMs = fileStart === 5000 ? 0 : Date.now();
    const seen = await collect(await open({ source: clip, fileStart }));
    expect(seen[0]?.captureMs).toBeGreaterThanOrEqual(beforeMs + startMs);
    expect(seen[0]?.captureMs).toBeLessThanOrEqual(beforeMs + startMs + slackMs);
    expect(seen.at(-1)?.atS).toBeCloseTo((CLIP.frames - 1) / CLIP.fps, 6);
    expect((seen.at(-1)?.captureMs ?? 0) - (seen[0]?.captureMs ?? 0)).toBe(DURATION_MS - 100);
  });

  it("loop: goes round without going back in time", async () => {
    const seen = await collect(await open({ source: clip, loop: true }), { atMost: 70 });
    expect(seen.map((frame) => frame.index)).toEqual(Array.from({ length: 70 }, (_, i) => i));
    expect(seen[30]?.centre).toBe(seen[0]?.centre);
  });

  it("realtime: plays at its own speed, and the newest frame wins", async () => {
    const camera = await open({ source: clip, pace: "realtime" });
    const startMs = performance.now();
    const seen = await collect(camera, { pauseMs: 350 });
    expect(performance.now() - startMs).toBeGreaterThan(DURATION_MS - 500);
    expect(seen.length).toBeLessThan(15);
    expect(camera.stats.frames + camera.stats.droppedFrames).toBe(CLIP.frames);
    expect(camera.stats.droppedFrames).toBeGreaterThan(10);
    expect(seen.at(-1)?.index).toBe(CLIP.frames - 1);
  });

  it("realtime: thins out to the rate that was asked for", async () => {
    const seen = await collect(await open({ source: clip, pace: "realtime", fps: 4 }), { atMost: 6 });
    expect(seen.map((frame) => frame.index)).toEqual([0, 3, 5, 8, 10, 13]);
  });

  it.each([
    { fps: 4, indices: [0, 3, 5, 8, 10, 13, 15, 18, 20, 23, 25, 28] },
    { fps: 9.6, indices: all },
    { fps: 9, indices: all.filter((n) => n === 0 || Math.floor(n * 0.9 + 0.001) > Math.floor((n - 1) * 0.9 + 0.001)) },
    { fps: 60, indices: all },
    { fps: Number.POSITIVE_INFINITY, indices: all },
  ])(
    "fast: thins to $fps fps as realtime does, keeps the file's numbers and times, and tells of all that was shown",
    async ({ fps, indices }) => {
      const camera = await open({ source: clip, fps, fileStart: 0 });
      const seen = await collect(camera);
      expect(seen.map((frame) => frame.index)).toEqual(indices);
      expect(seen.map((frame) => frame.captureMs)).toEqual(indices.map((n) => 100 * n));
      expect(camera.stats).toMatchObject({ frames: indices.length, shownFrames: CLIP.frames, droppedFrames: 0 });
    },
  );

  it("takes the same frames of a file at both paces", async () => {
    const indicesAt = async (pace: "fast" | "realtime") =>
      (await collect(await open({ source: clip, fps: 7, pace }))).map((frame) => frame.index);
    expect(await indicesAt("realtime")).toEqual(await indicesAt("fast"));
  });

  it("thins a file whose rate varies by the times at which it shows its frames", async () => {
    const path = await makeClip(await tempDir(), "variable.mkv", [
      ...["-vsync", "0", "-c:v", "mpeg4", "-q:v", "2", "-vf", "setpts='if(lt(N,15),N,15+5*(N-15))'"],
    ]);
    const camera = await open({ source: path, fps: 2, fileStart: 0 });
    const seen = await collect(camera);
    expect(seen.map((frame) => frame.index)).toEqual([0, 5, 10, ...all.slice(15)]);
    expect(camera.stats.shownFrames).toBe(CLIP.frames);
  });

  it("stops at once when it is told to", async () => {
    const camera = await open({ source: clip, pace: "realtime", loop: true });
    const seen = await collect(camera, { signal: AbortSignal.timeout(700) });
    expect(seen.length).toBeLessThan(8);
    expect(await collect(await open({ source: clip }), { signal: AbortSignal.abort() })).toEqual([]);
  });
}

function damaged(open: OpenCamera): void {
  it("keeps what can be read of a damaged file, and warns", async () => {
    const path = await makeClip(await tempDir(), "damaged.avi", ["-c:v", "mjpeg", "-q:v", "2"]);
    const { size } = await stat(path);
    const file = await openFile(path, "r+");
    await file.write(Buffer.alloc(Math.floor(size / 6), 0xa5), 0, undefined, Math.floor(size / 2));
    await file.close();
    const { log, lines } = recorder();
    const seen = await collect(await open({ source: path, log }));
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.length).toBeLessThanOrEqual(CLIP.frames);
    expect(lines).toMatchObject([{ fields: { camera: "door", frames: seen.length, expectedFrames: CLIP.frames } }]);
  });

  it("says so when a file holds fewer frames than its header says, though every one of them is whole", async () => {
    const path = await makeClip(await tempDir(), "cut.avi", ["-c:v", "mjpeg", "-q:v", "2"]);
    const bytes = await readFile(path);
    let cut = bytes.indexOf("movi");
    for (let frame = 0; frame <= CLIP.frames / 2; frame++) cut = bytes.indexOf("00dc", cut + 4);
    await truncate(path, cut);
    const { log, lines } = recorder();
    const camera = await open({ source: path, log, fps: 5 });
    expect(await collect(camera)).toHaveLength(8);
    const fields = { shownFrames: CLIP.frames / 2, expectedFrames: CLIP.frames };
    expect(lines).toMatchObject([{ fields, message: expect.stringContaining("damaged") }]);
    expect(camera.stats.warning).toContain(`${CLIP.frames / 2} frames could be read of the ${CLIP.frames}`);
  });

  it("keeps what was written before a film was cut off", async () => {
    const path = await makeClip(await tempDir(), "cut.avi", ["-c:v", "mjpeg", "-q:v", "2"]);
    await truncate(path, Math.floor((await stat(path)).size / 2));
    const { log, lines } = recorder();
    const seen = await collect(await open({ source: path, log }));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.length).toBeLessThan(CLIP.frames);
    expect(lines).toHaveLength(1);
  });

  it("never says that more frames could be read than there are", async () => {
    const folder = await tempDir();
    const [first, second] = await Promise.all(
      ["320x240", "64x48"].map((size, k) =>
        makeClip(folder, `${k}.ts`, ["-vf", `scale=${size}`, "-c:v", "mpeg2video", "-f", "mpegts"]),
      ),
    );
    const path = join(folder, "both.ts");
    await writeFile(path, Buffer.concat([await readFile(first!), await readFile(second!)]));
    const camera = await open({ source: path });
    const seen = await collect(camera);
    expect(seen.length).toBeGreaterThan(CLIP.frames);
    expect(camera.stats.warning ?? "").not.toContain("of the");
  });

  it("plays a film of one frame", async () => {
    const path = await makeClip(await tempDir(), "one.mp4", ["-c:v", "mpeg4", "-frames:v", "1"]);
    const camera = await open({ source: path, fileStart: 0 });
    expect(await collect(camera)).toMatchObject([{ index: 0, atS: 0, captureMs: 0 }]);
    expect(camera.stats).toMatchObject({ status: "ended", frames: 1 });
  });

  it("keeps what was read before a film is cut off while it plays, and warns", async () => {
    const path = await makeLong(await tempDir());
    const { log, lines } = recorder();
    const seen = await collect(await open({ source: path, log }), { onFrame: (n) => n === 10 && truncate(path, 4096) });
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.length).toBeLessThan(LONG_FRAMES);
    expect(seen.map((frame) => frame.index)).toEqual(seen.map((_, i) => i));
    expect(lines).toMatchObject([{ fields: { frames: seen.length, expectedFrames: LONG_FRAMES } }]);
  });

  it("plays a film to its end that is deleted meanwhile; it cannot go round", async () => {
    const path = await makeLong(await tempDir());
    const camera = await open({ source: path, loop: true });
    const ended = collect(camera, { onFrame: (n) => n === 10 && rm(path) });
    await expect(ended).rejects.toMatchObject({ code: "VIDEO_NOT_FOUND", message: expect.stringContaining(path) });
    expect(camera.stats.frames).toBe(LONG_FRAMES);
  });
}

/** Sources of the clips below beside `makeClip`'s own picture of 64 x 48, which is the first input. */
const SMALL = ["-f", "lavfi", "-i", "color=white:s=32x24:r=5:d=1"];
const LARGE = ["-f", "lavfi", "-i", "color=white:s=128x64:r=5:d=1"];
const SOUND = ["-f", "lavfi", "-i", "sine=d=1"];
const CODECS = ["-c:v", "mpeg4", "-q:v", "2", "-c:a", "aac"];
const COVER = ["-c:v:1", "mjpeg", "-frames:v:1", "1", "-disposition:v:1", "attached_pic"];

function severalStreams(open: OpenCamera, choice: Choice): void {
  const own = { picture: { width: CLIP.width, height: CLIP.height }, frames: CLIP.frames };
  const large = { picture: { width: 128, height: 64 }, frames: 5 };
  it.each([
    { name: "a larger picture second", inputs: LARGE, maps: ["0:v", "1:v"], is: large, several: true, isFirst: false },
    { name: "a larger picture first", inputs: LARGE, maps: ["1:v", "0:v"], is: large, several: true },
    { name: "a smaller picture first", inputs: SMALL, maps: ["1:v", "0:v"], is: own, several: true, isFirst: false },
    { name: "sound first", inputs: SOUND, maps: ["1:a", "0:v"], is: own, several: false },
    {
      name: "sound and a smaller picture first",
      inputs: [...SOUND, ...SMALL],
      maps: ["1:a", "2:v", "0:v"],
      is: own,
      several: true,
      isFirst: false,
    },
    { name: "a larger cover picture", inputs: LARGE, maps: ["0:v", "1:v"], cover: COVER, is: own, several: false },
  ])(
    "$name: one picture for the probe, the frames and the word about it",
    async ({ is, several, isFirst = true, ...film }) => {
      const maps = film.maps.flatMap((stream) => ["-map", stream]);
      const output = [...film.inputs, ...maps, ...CODECS, ...(film.cover ?? [])];
      const path = await makeClip(await tempDir(), "several.mp4", output);
      const { log, lines } = recorder();
      const camera = await open({ source: path, log });
      if (choice === "first" && !isFirst) {
        await expect(collect(camera)).rejects.toMatchObject({
          code: "VIDEO_UNREADABLE",
          hint: expect.stringContaining("ffmpeg"),
        });
        return;
      }
      const pictures = new Set<string>();
      for await (const frame of camera.frames(new AbortController().signal)) {
        pictures.add(JSON.stringify(frame.picture));
        frame.release();
      }
      expect([...pictures]).toEqual([JSON.stringify(is.picture)]);
      expect(camera.stats.frames).toBe(is.frames);
      const said = [{ message: "the source has several pictures; the largest is used", fields: { camera: "door" } }];
      expect(lines).toMatchObject(several ? said : []);
    },
  );

  it("passes over a stream of data", async () => {
    const dir = await tempDir();
    const words = await written(dir, "words.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n");
    const path = await makeClip(dir, "words.mkv", ["-i", words, "-map", "1:s", "-map", "0:v", "-c:v", "mpeg4"]);
    expect(await collect(await open({ source: path }))).toHaveLength(CLIP.frames);
  });
}

function refusing(open: OpenCamera): void {
  it.each([
    { name: "no such file", make: async (dir: string) => join(dir, "none.mp4"), code: "VIDEO_NOT_FOUND" },
    { name: "a folder", make: async (dir: string) => dir, code: "VIDEO_NOT_FOUND" },
    { name: "a named pipe", make: makePipe, code: "VIDEO_NOT_FOUND" },
    { name: "a device", make: async () => "/dev/null", code: "VIDEO_NOT_FOUND" },
    { name: "an empty file", make: (dir: string) => written(dir, "empty.mp4", ""), code: "VIDEO_UNREADABLE" },
    { name: "text", make: (dir: string) => written(dir, "text.mp4", "not a film"), code: "VIDEO_UNREADABLE" },
    { name: "sound only", make: makeSound, code: "VIDEO_UNREADABLE" },
    { name: "sound with a cover picture", make: makeCovered, code: "VIDEO_UNREADABLE" },
    { name: "an mp4 without its index", make: makeHeadless, code: "VIDEO_UNREADABLE" },
    { name: "pictures that are noise", make: makeNoise, code: "VIDEO_UNREADABLE" },
  ])("$name", async ({ make, code }) => {
    const source = await make(await tempDir());
    const startMs = performance.now();
    const ended = collect(await open({ source }));
    await expect(ended).rejects.toMatchObject({ code, message: expect.stringContaining(source), fault: "config" });
    expect(performance.now() - startMs).toBeLessThan(4000);
  });

  it("a file that is not ours to read", async () => {
    const dir = await tempDir();
    const source = await written(dir, "secret.mp4", "x");
    await chmod(source, 0);
    await becomeUnprivileged(dir);
    const ended = collect(await open({ source }));
    const hint = "Make the file readable for this user.";
    await expect(ended).rejects.toMatchObject({
      code: "VIDEO_UNREADABLE",
      message: expect.stringContaining(source),
      hint,
    });
  });
}

async function written(dir: string, name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(dir, name), content);
  return join(dir, name);
}

const LONG_FRAMES = 600;

/** So long that ffmpeg cannot have read it to its end when the first frames are taken. */
function makeLong(dir: string): Promise<string> {
  const loops = LONG_FRAMES / CLIP.frames - 1;
  return makeClip(dir, "long.avi", ["-c:v", "rawvideo", "-vf", `loop=loop=${loops}:size=${CLIP.frames}:start=0`]);
}

async function makePipe(dir: string): Promise<string> {
  const path = join(dir, "pipe.mp4");
  execFileSync("mkfifo", [path]);
  return path;
}

async function makeSound(dir: string): Promise<string> {
  return makeClip(dir, "sound.wav", ["-f", "lavfi", "-i", "sine=d=1", "-map", "1:a"]);
}

async function makeCovered(dir: string): Promise<string> {
  const cover = ["-map", "0:v", "-frames:v", "1", "-c:v", "mjpeg", "-disposition:v:0", "attached_pic"];
  return makeClip(dir, "song.m4a", ["-f", "lavfi", "-i", "sine=d=1", "-map", "1:a", ...cover]);
}

async function makeHeadless(dir: string): Promise<string> {
  const whole = await readFile(await makeClip(dir, "whole.mp4", ["-c:v", "mpeg4"]));
  return written(dir, "headless.mp4", whole.subarray(0, Math.floor(whole.length / 2)));
}

/** The container and its headers are sound; no frame in it is. */
async function makeNoise(dir: string): Promise<string> {
  const path = await makeClip(dir, "noise.avi", ["-c:v", "mjpeg", "-q:v", "2"]);
  const bytes = await readFile(path);
  const movi = bytes.indexOf("movi");
  return written(dir, "noise.avi", bytes.fill(0xa5, movi + 12, bytes.lastIndexOf("idx1")));
}
