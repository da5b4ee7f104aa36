import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openCamera } from "../../../../edge-agent/camera/open-camera.ts";
import { checkOpencv } from "../../../../edge-agent/camera/opencv/opencv-reader.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { cameraSuite } from "../camera-suite.ts";
import { CLIP, collect, hasFfmpeg, hasOpencv, makeClip, partsOf, recorder } from "../clips.ts";

// The clips are made by ffmpeg, and ffprobe tells which of them have several pictures.
describe.skipIf(!hasFfmpeg() || !hasOpencv())("the opencv driver", () => {
  cameraSuite((camera) => openCamera("opencv", partsOf(camera)), "first");

  it("tells its version", async () => {
    expect(await checkOpencv()).toMatch(/^4\.\d+\.\d+$/);
  });

  it.skipIf(process.platform !== "linux")(
    "a crash in OpenCV's code is that of its process alone, and is told",
    async () => {
      const source = await makeClip(await tempDir(), "clip.avi", ["-c:v", "mjpeg"]);
      const { log, lines } = recorder();
      const camera = await openCamera("opencv", partsOf({ source, log, pace: "realtime" }));
      const seen = await collect(camera, { onFrame: (n) => n === 5 && process.kill(workerPid(), "SIGSEGV") });
      expect(seen.length).toBeGreaterThanOrEqual(5);
      expect(seen.length).toBeLessThan(CLIP.frames);
      expect(lines).toMatchObject([{ fields: { detail: "ended by SIGSEGV", expectedFrames: CLIP.frames } }]);
      expect(camera.stats.warning).toContain("damaged");
    },
  );
});

/** Our child that has OpenCV in it. */
function workerPid(): number {
  const tasks = readdirSync(`/proc/${process.pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${process.pid}/task/${task}/children`, "utf8").trim().split(" "),
  );
  const worker = children.find(
    (pid) => pid !== "" && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("opencv-worker"),
  );
  return Number(worker);
}
