import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Camera } from "../../../edge-agent/camera/port.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { collect, createCamera, createOpencvCamera, hasFfmpeg, hasOpencv, recorder, type TestCamera } from "./clips.ts";
import { RtspServer } from "./rtsp-server.ts";

async function startServer(login?: string): Promise<{ readonly server: RtspServer; readonly source: string }> {
  const server = new RtspServer(login);
  onTestFinished(() => server.stop());
  return { server, source: await server.start() };
}

describe.skipIf(!hasFfmpeg())("an RTSP camera, by ffmpeg", () => rtspSuite(createCamera));
// The server on this machine is ffmpeg's too.
describe.skipIf(!hasFfmpeg() || !hasOpencv())("an RTSP camera, by opencv", () => rtspSuite(createOpencvCamera));

function rtspSuite(create: (camera: TestCamera) => Camera): void {
  it("is read over TCP, stamped when a frame arrives", async () => {
    const { source } = await startServer();
    const beforeMs = Date.now();
    const seen = await collect(create({ source }), { atMost: 20 });
    expect(seen[0]?.captureMs).toBeGreaterThan(beforeMs);
    expect(seen.at(-1)?.captureMs).toBeLessThanOrEqual(Date.now());
    for (let i = 1; i < seen.length; i++) expect(seen[i]?.atS).toBeGreaterThan(seen[i - 1]?.atS ?? 0);
  });

  it("gives at most the frames a second that were asked for", async () => {
    const { source } = await startServer();
    const seen = await collect(create({ source, fps: 4 }), { atMost: 9 });
    const lastedS = (seen.at(-1)?.atS ?? 0) - (seen[0]?.atS ?? 0);
    expect(lastedS).toBeGreaterThan(1.4);
    expect(lastedS).toBeLessThan(3.5);
  });

  it("lets us in with a user name and a password", async () => {
    const { source } = await startServer("shop cam:p@ss/1");
    const passwordFile = join(await tempDir(), "password");
    await writeFile(passwordFile, "p@ss/1\n", { mode: 0o600 });
    expect(await collect(create({ source, username: "shop cam", passwordFile }), { atMost: 2 })).toHaveLength(2);
  });

  it("keeps us out with a wrong one: said without it, tried again", async () => {
    const { source } = await startServer("shop:right");
    const passwordFile = join(await tempDir(), "password");
    await writeFile(passwordFile, "wr0ng", { mode: 0o600 });
    const { log, lines } = recorder();
    const camera = create({ source, log, username: "shop", passwordFile });
    expect(await collect(camera, { signal: AbortSignal.timeout(2000) })).toEqual([]);
    expect(lines[0]).toMatchObject({
      message: "camera cannot be opened",
      fields: { detail: expect.stringContaining("401") },
    });
    expect(JSON.stringify(lines)).not.toContain("wr0ng");
  });

  it.each(["cut", "freeze"] as const)("is reopened after a %s", async (trouble) => {
    const { server, source } = await startServer();
    const camera = create({ source, stallS: 2 });
    let atS = -1;
    for await (const frame of camera.frames(new AbortController().signal)) {
      expect(frame.atS).toBeGreaterThan(atS);
      atS = frame.atS;
      frame.release();
      if (camera.stats.frames === 3) server[trouble]();
      if (camera.stats.reconnects > 0) break;
    }
    expect(camera.stats).toMatchObject({ status: "ok", reconnects: 1 });
  });
}
