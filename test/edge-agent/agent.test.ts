import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { Agent } from "../../edge-agent/agent.ts";
import { Detectors } from "../../edge-agent/detector/detectors.ts";
import { checkpointOf } from "../../edge-agent/window/checkpoint.ts";
import { openWindow } from "../../edge-agent/window/window.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { openAuditOutbox } from "../support/audit-outbox.ts";
import { LogRecorder } from "../support/log-recorder.ts";
import { tempDir } from "../support/temp-dir.ts";
import { FakeCamera, type FakeCameraOptions, WalkDetector, walkConfig } from "./walk.ts";

const FOREVER = new AbortController().signal;
const broken = new AppError("bad.mp4 is broken", { code: "VIDEO_UNREADABLE", hint: "Convert it." });

interface Setting {
  readonly cameras: Record<string, Omit<FakeCameraOptions, "id">>;
  readonly dataDir?: string;
  readonly drainMs?: number;
  readonly detector?: WalkDetector;
}

async function setUp({ cameras, dataDir, drainMs = 0, detector = new WalkDetector() }: Setting) {
  const config = walkConfig(dataDir ?? (await tempDir()), Object.keys(cameras));
  const log = new LogRecorder();
  const agent = new Agent({
    config,
    model: { name: "none", sha256: "0".repeat(64) },
    detectors: new Detectors(new Map(Object.keys(cameras).map((id) => [id, detector]))),
    version: "0",
    clock: systemClock,
    log,
    openCamera: async (_, { settings: { id } }) => new FakeCamera({ id, startMs: systemClock.nowMs(), ...cameras[id] }),
    drainMs,
  });
  return { agent, log, dataDir: config.dataDir };
}

/** What the agent left on the disk: no broker took it. */
async function leftIn(dataDir: string) {
  const outbox = await openAuditOutbox(dataDir, "cam-1");
  const messages = (await outbox.read(0, 10_000)).map(({ message }) => message);
  await outbox.close();
  const counts = messages.flatMap((message) => (message.kind === "counts" ? [message] : []));
  const sumOf = (cameraId: string, name: "in" | "visits" | "frames", kind: "line" | "zone") =>
    counts
      .filter((one) => one.cameraId === cameraId && one.targetKind === kind)
      .reduce((sum, one) => sum + one[name], 0);
  return {
    messages,
    /** Crossings, visits and frames of one camera. */
    sums: (id: string) => [sumOf(id, "in", "line"), sumOf(id, "visits", "zone"), sumOf(id, "frames", "line")],
    health: messages.flatMap((message) => (message.kind === "health" ? [message] : [])).at(-1),
  };
}

test("video files are counted to their end, and a last health message tells so", async () => {
  const { agent, dataDir, log } = await setUp({ cameras: { street: { frames: 90 }, yard: { frames: 70 } } });
  await agent.run(FOREVER);
  const { sums, health } = await leftIn(dataDir);
  expect([sums("street"), sums("yard")]).toEqual([
    [1, 1, 90],
    [1, 1, 70],
  ]);
  expect(health?.cameras).toMatchObject([
    { id: "street", status: "ended", frames: 90 },
    { id: "yard", status: "ended", frames: 70 },
  ]);
  expect(log.lines.filter((line) => line.startsWith("error"))).toEqual([]);
});

test("one camera that fails neither stops the others nor loses what it counted", async () => {
  const { agent, dataDir, log } = await setUp({
    cameras: { bad: { frames: 70, failure: broken }, good: { frames: 90, paceMs: 2 } },
  });
  await expect(agent.run(FOREVER)).rejects.toBe(broken);
  const { sums, health } = await leftIn(dataDir);
  expect([sums("bad"), sums("good")]).toEqual([
    [1, 1, 70],
    [1, 1, 90],
  ]);
  expect(health?.cameras).toMatchObject([
    { id: "bad", status: "lost" },
    { id: "good", status: "ended" },
  ]);
  expect(log.lines.filter((line) => line.startsWith("error"))).toEqual(["error camera failed"]);
});

test("cameras go on beside one that failed until they are stopped; then its error comes", async () => {
  const stop = new AbortController();
  const cameras = { bad: { frames: 0, failure: broken }, good: { paceMs: 1 } };
  const { agent, dataDir, log } = await setUp({ cameras });
  const running = agent.run(stop.signal);
  await vi.waitFor(() => expect(log.lines).toContain("error camera failed"));
  const early = await Promise.race([running.catch(() => "ended"), sleep(500, "running")]);
  expect(early).toBe("running");
  stop.abort();
  await expect(running).rejects.toBe(broken);
  const { sums } = await leftIn(dataDir);
  expect(sums("good")[2]).toBeGreaterThan(0);
});

test("an only camera that gives no picture is the agent's error at once, broker or not", async () => {
  const { agent, log } = await setUp({ cameras: { bad: { frames: 0, failure: broken } }, drainMs: 20_000 });
  const startMs = performance.now();
  await expect(agent.run(FOREVER)).rejects.toBe(broken);
  expect(performance.now() - startMs).toBeLessThan(5_000);
  expect(log.lines.filter((line) => line.startsWith("error"))).toEqual([]);
});

test("when the model dies all cameras stop, silent ones too, and nothing is lost", async () => {
  const detector = new WalkDetector();
  detector.failAt = 70;
  detector.failure = new AppError("The model's thread failed", { code: "INTERNAL", hint: "Restart." });
  const { agent, dataDir } = await setUp({ cameras: { street: {}, silent: { paceMs: 60_000 } }, detector });
  await expect(agent.run(FOREVER)).rejects.toBe(detector.failure);
  const { sums } = await leftIn(dataDir);
  expect(sums("street")).toEqual([1, 1, 70]);
});

test("an abort ends all quietly, with everything on the disk", async () => {
  const stop = new AbortController();
  const { agent, dataDir } = await setUp({ cameras: { street: { paceMs: 1 } } });
  const running = agent.run(stop.signal);
  await sleep(800);
  stop.abort();
  await running;
  const { sums, health, messages } = await leftIn(dataDir);
  expect(sums("street")[2]).toBe(health?.cameras[0]?.frames);
  expect(messages.at(-1)?.kind).toBe("health");
});

test("the windows that a killed agent left open are published by the next, with their own length", async () => {
  const dataDir = await tempDir();
  const outbox = await openAuditOutbox(dataDir, "cam-1");
  const startMs = Math.floor(systemClock.nowMs() / 60_000) * 60_000;
  const window = openWindow({ cameraId: "gone", targetKind: "line", targetId: "door" }, startMs, 60_000);
  await outbox.commit([], checkpointOf([{ ...window, in: 3 }]));
  await outbox.flush(AbortSignal.timeout(5_000));
  await outbox.close();
  const { agent } = await setUp({ dataDir, cameras: { street: { frames: 20 } } });
  await agent.run(FOREVER);
  const { messages, sums } = await leftIn(dataDir);
  expect(messages[0]).toMatchObject({ kind: "counts", cameraId: "gone", windowS: 60, in: 3 });
  expect(sums("street")).toEqual([0, 0, 20]);
});

test("a checkpoint that cannot be used is told and set aside, and the agent counts", async () => {
  const dataDir = await tempDir();
  const outbox = await openAuditOutbox(dataDir, "cam-1");
  await outbox.commit([], '[{"cameraId":"street"}]');
  await outbox.flush(AbortSignal.timeout(5_000));
  await outbox.close();
  const { agent, log } = await setUp({ dataDir, cameras: { street: { frames: 90 } } });
  await agent.run(FOREVER);
  expect(log.lines).toContain("error checkpoint unusable; its windows are not published");
  expect(await readFile(join(dataDir, "checkpoint.unusable"), "utf8")).toBe('[{"cameraId":"street"}]');
  expect((await leftIn(dataDir)).sums("street")).toEqual([1, 1, 90]);
  const again = await setUp({ dataDir, cameras: { street: { frames: 0 } } });
  await again.agent.run(FOREVER);
  expect(again.log.lines.filter((line) => line.startsWith("error"))).toEqual([]);
});
