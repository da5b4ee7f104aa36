// Plays argv[2] round and round with the driver argv[3] at its own speed until it is killed; says so with the first frame.
import { openCamera } from "../../../dist/edge-agent/camera/open-camera.js";
import { systemClock } from "../../../dist/firmware-config/kit/clock.js";
import { silentLog } from "../../../dist/firmware-config/kit/log.js";

const camera = await openCamera(process.argv[3], {
  settings: { id: "door", source: process.argv[2], pace: "realtime", loop: true, fps: 10, stallS: 20 },
  shape: { width: 32, height: 32, pixelFormat: "rgb24", padValue: 0, padAlign: "centre" },
  clock: systemClock,
  log: silentLog,
});
let playing = false;
for await (const frame of camera.frames(new AbortController().signal)) {
  frame.release();
  if (!playing) console.log("playing");
  playing = true;
}
