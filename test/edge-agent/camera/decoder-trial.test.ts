import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";
import { collect, createCamera, hasFfmpeg, makeClip, recorder, SHAPE } from "./clips.ts";
import { fakeFfmpeg } from "./fake-ffmpeg.ts";

const FRAME_BYTES = SHAPE.width * SHAPE.height * 3;
const FRAME = `head -c ${FRAME_BYTES} /dev/zero`;
const PROBE = `echo '{"streams":[{"codec_name":"hevc","width":64,"height":48,"avg_frame_rate":"10/1"}]}'`;
const SOURCE = "rtsp://cam.local/stream1";
const GIVEN_UP = "the hardware decoder does not work; software decodes until the next start";
/** A machine without the hardware, as ffmpeg says it. */
const NO_HARDWARE = `case "$*" in *-hwaccel*|*v4l2m2m*) echo "Device setup failed for u:p@cam.local" >&2; exit 1;; esac`;

const runsOf = async (dir: string) => (await readFile(join(dir, "args"), "utf8")).trim().split("\n");

describe.skipIf(process.platform === "win32")("a decoder in hardware", () => {
  it("is what ffmpeg is told before its input, and what the camera says", async () => {
    const ffmpeg = await fakeFfmpeg(`${FRAME}; sleep 1`, PROBE);
    const decoder = { type: "vaapi", device: "/dev/dri/renderD128" } as const;
    const camera = createCamera({ source: SOURCE, ffmpeg, decoder });
    await collect(camera, { atMost: 1 });
    expect(await runsOf(ffmpeg.dir)).toEqual([
      expect.stringMatching(/-hwaccel vaapi -hwaccel_device \/dev\/dri\/renderD128 .*-i rtsp:/),
    ]);
    expect(camera.stats.decoder).toBe("vaapi");
  });

  it("is called by the codec of the stream that is read", async () => {
    const ffmpeg = await fakeFfmpeg(`${FRAME}; sleep 1`, PROBE);
    await collect(createCamera({ source: SOURCE, ffmpeg, decoder: { type: "v4l2m2m" } }), { atMost: 1 });
    expect(await runsOf(ffmpeg.dir)).toEqual([expect.stringMatching(/-c:0 hevc_v4l2m2m .*-i rtsp:/)]);
  });

  it("that does not work is told once, and software decodes from there on", async () => {
    const ffmpeg = await fakeFfmpeg(`${NO_HARDWARE}\n${FRAME}; exit 0`, PROBE);
    const { log, lines } = recorder();
    const camera = createCamera({ source: SOURCE, ffmpeg, log, decoder: { type: "cuda", device: "1" } });
    await collect(camera, { atMost: 3 });
    const hardware = (await runsOf(ffmpeg.dir)).map((args) => args.includes("-hwaccel"));
    expect(hardware.slice(0, 4)).toEqual([true, false, false, false]);
    expect(lines.filter(({ message }) => message === GIVEN_UP)).toMatchObject([
      { fields: { camera: "door", decoder: "cuda", device: "1", detail: expect.stringContaining("Device setup") } },
    ]);
    expect(lines[0]?.message).toBe(GIVEN_UP);
    expect(camera.stats.decoder).toBe("software");
  });

  it("is not to blame for a camera that is off, and is tried again", async () => {
    const offAtFirst = 'if [ $n -le 2 ]; then echo "Connection refused" >&2; exit 1; fi';
    const ffmpeg = await fakeFfmpeg(`${offAtFirst}\n${FRAME}; sleep 1`, PROBE);
    const { log, lines } = recorder();
    const camera = createCamera({ source: SOURCE, ffmpeg, log, decoder: { type: "cuda" } });
    await collect(camera, { atMost: 1 });
    expect((await runsOf(ffmpeg.dir)).map((args) => args.includes("-hwaccel"))).toEqual([true, false, true]);
    expect(lines).toMatchObject([{ message: "camera stopped sending pictures" }]);
    expect(camera.stats.decoder).toBe("cuda");
  });

  it("is not to blame for a camera that could not be opened between its run and the one in software", async () => {
    const off = "[ -f ran ] && [ ! -f asked ] && { touch asked; echo refused >&2; exit 1; }";
    const offAtFirst = 'touch ran; if [ $n -le 1 ]; then echo "Connection refused" >&2; exit 1; fi';
    const ffmpeg = await fakeFfmpeg(`${offAtFirst}\n${FRAME}; sleep 1`, `${off}\n${PROBE}`);
    const { log, lines } = recorder();
    const camera = createCamera({ source: SOURCE, ffmpeg, log, decoder: { type: "cuda" } });
    await collect(camera, { atMost: 1 });
    expect((await runsOf(ffmpeg.dir)).map((args) => args.includes("-hwaccel"))).toEqual([true, true]);
    expect(lines).toMatchObject([{ message: "camera cannot be opened" }]);
    expect(camera.stats.decoder).toBe("cuda");
  });

  it("that hangs is ended like a camera that hangs, and software goes on", async () => {
    const ffmpeg = await fakeFfmpeg(`case "$*" in *-hwaccel*) exec sleep 60;; esac\n${FRAME}; sleep 1`, PROBE);
    const { log, lines } = recorder();
    await collect(createCamera({ source: SOURCE, ffmpeg, log, stallS: 0.5, decoder: { type: "drm" } }), { atMost: 1 });
    expect(lines).toMatchObject([{ message: GIVEN_UP }]);
  });

  it("is not named by a camera that asked for none", async () => {
    const ffmpeg = await fakeFfmpeg(`${FRAME}; sleep 1`, PROBE);
    const camera = createCamera({ source: SOURCE, ffmpeg, decoder: { type: "software" } });
    await collect(camera, { atMost: 1 });
    expect(await runsOf(ffmpeg.dir)).toEqual([expect.not.stringMatching(/hwaccel/)]);
    expect(camera.stats).not.toHaveProperty("decoder");
  });
});

describe.skipIf(!hasFfmpeg())("the real ffmpeg", () => {
  it.each([
    { name: "whatever it finds", decoder: { type: "auto" }, told: "auto" },
    { name: "a device that is not there", decoder: { type: "vaapi", device: "/dev/dri/none" }, told: "software" },
    { name: "a decoder that it has not", decoder: { type: "nvv4l2dec" }, told: "software" },
  ] as const)("gives the same frames of a file with $name, and no word of damage", async ({ decoder, told }) => {
    const source = await makeClip(await tempDir(), "clip.mp4");
    const plain = await collect(createCamera({ source, fileStart: 0 }));
    const { log, lines } = recorder();
    const camera = createCamera({ source, fileStart: 0, log, decoder });
    expect(await collect(camera)).toEqual(plain);
    expect(camera.stats).toMatchObject({ decoder: told, status: "ended" });
    expect(camera.stats).not.toHaveProperty("warning");
    expect(lines.map(({ message }) => message)).toEqual(told === "software" ? [GIVEN_UP] : []);
  });

  it("says that a file is no video, whatever decodes", async () => {
    const camera = createCamera({ source: process.execPath, decoder: { type: "vaapi", device: "/dev/dri/none" } });
    await expect(collect(camera)).rejects.toMatchObject({ code: "VIDEO_UNREADABLE" });
  });
});
