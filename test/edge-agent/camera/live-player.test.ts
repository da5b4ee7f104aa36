import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { collect, createCamera, recorder, SHAPE } from "./clips.ts";
import { fakeFfmpeg, PROBE } from "./fake-ffmpeg.ts";

const FRAME_BYTES = SHAPE.width * SHAPE.height * 3;
const FRAMES = (count: number) => `head -c ${count * FRAME_BYTES} /dev/zero`;
const SOURCE = "rtsp://cam.local/stream1";

describe.skipIf(process.platform === "win32")("a live camera", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is reopened when it stops, and time does not go back", async () => {
    const ffmpeg = await fakeFfmpeg(`${FRAMES(1)}; echo "rtsp://u:p@cam.local: broken pipe" >&2; exit 1`);
    const { log, lines } = recorder();
    const camera = createCamera({ source: SOURCE, ffmpeg, log });
    const seen = await collect(camera, { atMost: 3 });
    expect(seen.map((frame) => frame.index)).toEqual([0, 1, 2]);
    expect(seen.map((frame) => frame.atS)).toEqual(seen.map((frame) => frame.atS).toSorted((a, b) => a - b));
    expect(camera.stats).toMatchObject({ frames: 3, reconnects: 2 });
    expect(lines).toMatchObject([{ message: "camera stopped sending pictures" }, {}]);
    expect(JSON.stringify(lines)).toContain("rtsp://***@cam.local: broken pipe");
  });

  it("is read again when this machine has recovered from a fault of its own", async () => {
    const ffmpeg = await fakeFfmpeg(`${FRAMES(1)}; sleep 1`);
    vi.stubEnv("TMPDIR", "/nowhere");
    const { log, lines } = recorder();
    const collecting = collect(createCamera({ source: SOURCE, ffmpeg, log }), { atMost: 1 });
    await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 5000 });
    vi.unstubAllEnvs();
    expect(await collecting).toHaveLength(1);
    expect(lines).toMatchObject([
      { message: "camera cannot be read", fields: { camera: "door", detail: expect.stringContaining("/nowhere") } },
    ]);
  });

  it("is ended and reopened when it hangs, even if it ignores SIGTERM", async () => {
    const ffmpeg = await fakeFfmpeg(`trap "" TERM; ${FRAMES(1)}; exec sleep 60`);
    const { log, lines } = recorder();
    const camera = createCamera({ source: SOURCE, ffmpeg, log, stallS: 0.5 });
    expect(await collect(camera, { atMost: 2 })).toHaveLength(2);
    expect(lines).toMatchObject([{ fields: { stalled: true, frames: 1 } }]);
  });

  it("is reopened when it does not answer", async () => {
    const probe = `if [ -e answered ]; then echo '${PROBE}'; else touch answered; echo "401 Unauthorized" >&2; exit 1; fi`;
    const ffmpeg = await fakeFfmpeg(`${FRAMES(2)}; sleep 1`, probe);
    const { log, lines } = recorder();
    expect(await collect(createCamera({ source: SOURCE, ffmpeg, log }), { atMost: 1 })).toHaveLength(1);
    expect(lines).toMatchObject([
      { message: "camera cannot be opened", fields: { detail: expect.stringContaining("401 Unauthorized") } },
    ]);
  });

  it("is given up waiting for when the probe hangs", async () => {
    const probe = `if [ -e asked ]; then echo '${PROBE}'; else touch asked; exec sleep 60; fi`;
    const ffmpeg = await fakeFfmpeg(`${FRAMES(1)}; sleep 1`, probe);
    expect(await collect(createCamera({ source: SOURCE, ffmpeg, stallS: 0.5 }), { atMost: 1 })).toHaveLength(1);
  });

  it("may send garbage between: half a frame is never handed out", async () => {
    const ffmpeg = await fakeFfmpeg(`head -c ${FRAME_BYTES - 1} /dev/urandom; exit 1`);
    const camera = createCamera({ source: SOURCE, ffmpeg });
    expect(await collect(camera, { signal: AbortSignal.timeout(1500) })).toEqual([]);
    expect(camera.stats.reconnects).toBeGreaterThan(0);
  });

  it("does not fill the memory with what ffmpeg says", async () => {
    const ffmpeg = await fakeFfmpeg(`${FRAMES(1)}; head -c 9000000 /dev/zero | tr '\\0' 'x' >&2; exit 1`);
    const { log, lines } = recorder();
    await collect(createCamera({ source: SOURCE, ffmpeg, log }), { atMost: 2 });
    expect(JSON.stringify(lines).length).toBeLessThan(6000);
  });

  it("keeps the newest frame and counts the others", async () => {
    const ffmpeg = await fakeFfmpeg(`${FRAMES(49)}; sleep 0.1; ${FRAMES(1)}; sleep 3`);
    const camera = createCamera({ source: SOURCE, ffmpeg });
    await collect(camera, { atMost: 2, pauseMs: 1500 });
    expect(camera.stats.droppedFrames).toBe(48);
  });

  it("tells ffmpeg its password, and nobody else", async () => {
    const ffmpeg = await fakeFfmpeg(`${FRAMES(1)}; cat args >&2; exit 1`, `echo '${PROBE}'; echo "$@" >>args`);
    const passwordFile = join(ffmpeg.dir, "password");
    await writeFile(passwordFile, "s3cr/et\n", { mode: 0o600 });
    const { log, lines } = recorder();
    await collect(createCamera({ source: SOURCE, ffmpeg, log, username: "admin", passwordFile }), { atMost: 2 });
    expect(JSON.stringify(lines)).toContain("rtsp://***@cam.local/stream1");
    expect(JSON.stringify(lines)).not.toMatch(/s3cr|admin/);
  });

  it("ends for a fault that waiting does not mend", async () => {
    const ffmpeg = await fakeFfmpeg(FRAMES(1));
    const camera = createCamera({ source: SOURCE, ffmpeg, username: "admin", passwordFile: "/nowhere/password" });
    await expect(collect(camera)).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
  });

  it.each([
    { name: "while it streams", stream: "cat /dev/zero" },
    { name: "while it hangs", stream: "exec sleep 60" },
    { name: "while it is waited for", stream: "exit 1" },
    { name: "while it is probed", stream: "exit 1", probe: "exec sleep 60" },
    { name: "while a file is probed", stream: "exit 1", probe: "exec sleep 60", source: process.execPath },
  ])("stops quietly when it is told to $name", async ({ stream, probe, source = SOURCE }) => {
    const ffmpeg = await fakeFfmpeg(stream, probe);
    const camera = createCamera({ source, ffmpeg, stallS: 600 });
    const startMs = performance.now();
    await collect(camera, { signal: AbortSignal.timeout(700) });
    expect(performance.now() - startMs).toBeLessThan(3500);
  });
});
