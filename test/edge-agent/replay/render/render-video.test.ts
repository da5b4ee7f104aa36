import { execFileSync } from "node:child_process";
import { lstat, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderVideo } from "../../../../edge-agent/replay/render/render-video.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { CLIP, hasFfmpeg, makeClip } from "../../camera/clips.ts";
import { walkConfig } from "../../walk.ts";

const camera = walkConfig("/nowhere", ["street"]).cameras[0]!;

/** How far from grey the picture at `atS` is, left to right in eight columns. */
function colourOf(file: string, atS: number): number[] {
  const args = ["-v", "error", "-ss", String(atS), "-i", file, "-frames:v", "1", "-vf", "scale=8:1:flags=area"];
  const bytes = execFileSync("ffmpeg", [...args, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);
  return Array.from({ length: 8 }, (_, k) => [...bytes.subarray(3 * k, 3 * k + 3)]).map(
    (rgb) => Math.max(...rgb) - Math.min(...rgb),
  );
}

async function setUp(frames: readonly number[]) {
  const dir = await tempDir();
  const source = await makeClip(dir, "clip.mp4");
  const outFile = join(dir, "out.mp4");
  // A box over the left half of the picture, its rim all there is to see of it.
  const boxes = [{ id: 2, box: [0, 0, CLIP.width / 2, CLIP.height] as const }];
  const bare = { ...camera, lines: [], zones: [] };
  const scene = { camera: bare, frames: frames.map((atS) => ({ atS, boxes: atS < 1 ? [] : boxes })), events: [] };
  const seen: number[] = [];
  const options = {
    source,
    outFile,
    scene,
    signal: new AbortController().signal,
    onProgress: (atS: number) => seen.push(atS),
  };
  return { dir, outFile, seen, run: (change = {}) => renderVideo({ ...options, ...change }) };
}

describe.skipIf(!hasFfmpeg())("a video with what was seen", () => {
  it("has all pictures of the video, larger where it was small, the boxes from their time on, and is this user's", async () => {
    const { run, outFile, seen, dir } = await setUp([0, 1, 2]);
    await run();
    const entries = "stream=width,height,nb_read_frames";
    const told = execFileSync("ffprobe", [
      "-v",
      "error",
      "-count_frames",
      "-show_entries",
      entries,
      "-of",
      "csv=p=0",
      outFile,
    ]);
    expect(String(told).trim()).toBe(`640,480,${CLIP.frames}`);
    expect(Math.max(...colourOf(outFile, 0.5))).toBeLessThan(8);
    const [left = 0, right = 255] = [colourOf(outFile, 1.5)[0], colourOf(outFile, 1.5)[7]];
    expect(left).toBeGreaterThan(right + 8);
    expect((await stat(outFile)).mode & 0o777).toBe(0o600);
    expect(seen.length).toBeGreaterThan(0);
    expect((await readdir(dir)).sort()).toEqual(["clip.mp4", "out.mp4"]);
  });

  it("is not begun for a camera, and is as it was before when it cannot be finished", async () => {
    const { run, outFile, dir } = await setUp([0]);
    await writeFile(outFile, "before");
    await expect(run({ source: "rtsp://camera/1" })).rejects.toMatchObject({ code: "USAGE" });
    const stop = AbortSignal.abort(new Error("stopped"));
    await expect(run({ signal: stop })).rejects.toThrow();
    expect((await stat(outFile)).size).toBe(6);
    expect((await readdir(dir)).sort()).toEqual(["clip.mp4", "out.mp4"]);
    await expect(run({ outFile: join(dir, "clip.mp4", "out.mp4") })).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
  });

  it("never stands in the place of a pipe or a device", async () => {
    const { run, dir } = await setUp([0]);
    const outFile = join(dir, "pipe");
    execFileSync("mkfifo", [outFile]);
    await expect(run({ outFile })).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
    expect((await lstat(outFile)).isFIFO()).toBe(true);
  });

  it("is whole when two draw the same file at once", async () => {
    const { run, outFile, dir } = await setUp([0, 1, 2]);
    await Promise.all([run(), run()]);
    const told = execFileSync("ffprobe", [
      "-v",
      "error",
      "-count_frames",
      "-show_entries",
      "stream=nb_read_frames",
      outFile,
    ]);
    expect(String(told)).toContain(`nb_read_frames=${CLIP.frames}`);
    expect((await readdir(dir)).sort()).toEqual(["clip.mp4", "out.mp4"]);
  });

  it("of a strip of pixels is not enlarged beyond what an encoder takes", async () => {
    const { run, dir } = await setUp([0]);
    const source = join(dir, "strip.mkv");
    const strip = ["-f", "lavfi", "-i", "testsrc=size=1800x24:rate=5:duration=0.4", "-c:v", "png"];
    execFileSync("ffmpeg", ["-v", "error", ...strip, source]);
    await run({ source });
    expect((await readdir(dir)).sort()).toEqual(["clip.mp4", "out.mp4", "strip.mkv"]);
  });
});
