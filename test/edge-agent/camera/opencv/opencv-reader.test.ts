import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findBinding } from "../../../../edge-agent/camera/opencv/opencv-build.ts";
import { OpencvCamera } from "../../../../edge-agent/camera/opencv/opencv-camera.ts";
import { checkOpencv, OpencvReader } from "../../../../edge-agent/camera/opencv/opencv-reader.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { collect, partsOf, SHAPE } from "../clips.ts";

const PLAN = { shape: SHAPE, picture: { width: 64, height: 48 }, stream: 0, pace: "realtime", maxFps: 0 } as const;

/** A home with a file in the binding's place that is none. */
async function brokenHome(): Promise<string> {
  const home = await tempDir();
  const folder = join(home, "tools", `opencv-node${process.versions.modules}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "opencv4nodejs.node"), "not a library");
  return home;
}

describe("the opencv driver, not built", () => {
  const error = { code: "OPENCV_NOT_BUILT", fault: "config", hint: expect.stringContaining("npm run setup:opencv") };

  it("says what to type, when frames are asked for", async () => {
    const camera = new OpencvCamera(partsOf({ source: "clip.mp4" }), await tempDir());
    await expect(collect(camera)).rejects.toMatchObject(error);
  });

  it("says so too of what was built and does not load, and why", async () => {
    const binding = findBinding(await brokenHome());
    const why = { ...error, message: expect.stringMatching(/does not load: .*(file too short|invalid ELF|slice)/) };
    await expect(checkOpencv(binding)).rejects.toMatchObject(why);
    const limits = { timeoutMs: 20_000, signal: new AbortController().signal };
    const probed = new OpencvReader(binding).probe({ kind: "rtsp", url: "rtsp://h/s" }, limits);
    await expect(probed).rejects.toMatchObject(why);
  });
});

describe("OpencvReader", () => {
  it("gives a password by standard input alone", () => {
    const program = new OpencvReader("/b.node").program({ kind: "rtsp", url: "rtsp://u:s3cret@h/s" }, PLAN);
    expect(program.input).toContain("s3cret");
    expect(JSON.stringify({ ...program, input: undefined })).not.toContain("s3cret");
  });

  it.each([
    { source: { kind: "rtsp", url: "rtsp://h/s" }, options: expect.stringContaining("rtsp_transport;tcp") },
    // Without a buffer libav forgets the first frames of a file.
    { source: { kind: "file", path: "a.mp4" }, options: undefined },
    { source: { kind: "usb", device: "/dev/video0" }, options: undefined },
  ] as const)("libav's options for $source.kind", ({ source, options }) => {
    expect(new OpencvReader("/b.node").program(source, PLAN).env?.OPENCV_FFMPEG_CAPTURE_OPTIONS).toEqual(options);
  });
});
