import { describe, expect, it } from "vitest";
import { openCamera } from "../../../../edge-agent/camera/open-camera.ts";
import { cameraSuite } from "../camera-suite.ts";
import { collect, createCamera, hasFfmpeg, partsOf } from "../clips.ts";

describe.skipIf(!hasFfmpeg())("the ffmpeg driver", () => {
  cameraSuite((camera) => openCamera("ffmpeg", partsOf(camera)));

  it("no ffmpeg: says what to type", async () => {
    const ffmpeg = { ffmpegPath: "/nowhere/ffmpeg", ffprobePath: "/nowhere/ffprobe" };
    const ended = collect(createCamera({ source: "clip.mp4", ffmpeg }));
    await expect(ended).rejects.toMatchObject({
      code: "FFMPEG_NOT_FOUND",
      hint: expect.stringMatching(/^Type: .+ffmpeg/),
    });
  });
});
