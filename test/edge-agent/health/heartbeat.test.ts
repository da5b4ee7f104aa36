import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { CameraStats } from "../../../edge-agent/camera/port.ts";
import type { ViewNow } from "../../../edge-agent/camera-health/camera-health.ts";
import { Heartbeat, type HeartbeatOptions } from "../../../edge-agent/health/heartbeat.ts";
import { readVitals } from "../../../edge-agent/health/vitals.ts";
import { Outbox } from "../../../edge-agent/outbox/outbox.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { FakeClock } from "../../support/drafts.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { recorder } from "../camera/clips.ts";
import { frameOf } from "../detector/frames.ts";
import { WalkDetector } from "../walk.ts";

const VITALS = {
  cpuPercent: 12.5,
  memoryUsedMb: 100,
  memoryTotalMb: 1000,
  rssMb: 50,
  temperatureC: null,
  diskFreeMb: 2000,
};

async function setUp(change: Partial<HeartbeatOptions> = {}) {
  const clock = new FakeClock();
  const log = new LogRecorder();
  const box = { deviceId: "cam-1", bootId: "boot-0001", maxBytes: 1e6, maxAgeMs: 1e9, log: silentLog };
  const outbox = await Outbox.open({ ...box, dir: await tempDir(), clock, isClockSynced: () => true });
  onTestFinished(() => outbox.close());
  const camera: { id: string; stats: CameraStats; view: ViewNow } = {
    id: "street",
    stats: { status: "ok", frames: 0, droppedFrames: 0, reconnects: 0 },
    view: { view: "ok", viewS: 12.34 },
  };
  const heartbeat = new Heartbeat({
    intervalMs: 20,
    dataDir: "/nowhere",
    cameras: [camera],
    detectors: new WalkDetector(),
    outbox,
    clockSync: { refresh: async () => {} },
    readVitals: async () => VITALS,
    clock,
    log,
    ...change,
  });
  const sent = async () => {
    await outbox.flush(AbortSignal.timeout(5_000));
    const entries = await outbox.read(0, 1_000);
    return entries.flatMap(({ message }) => (message.kind === "health" ? [message] : []));
  };
  return { heartbeat, camera, clock, log, outbox, sent };
}

test.each([
  { name: "what the model runs on", provider: "cuda", said: { modelProvider: "cuda" } },
  { name: "nothing where there is no model", provider: undefined, said: {} },
])("it names $name", async ({ provider, said }) => {
  const { heartbeat, sent } = await setUp({ provider });
  await heartbeat.beat();
  const [message] = await sent();
  const { modelProvider } = message as { readonly modelProvider?: string };
  expect(modelProvider === undefined ? {} : { modelProvider }).toEqual(said);
});

test("it names what decodes a camera's pictures, where hardware was asked for", async () => {
  const { heartbeat, camera, sent } = await setUp();
  await heartbeat.beat();
  camera.stats = { ...camera.stats, decoder: "software" };
  await heartbeat.beat();
  const cameras = (await sent()).map((message) => message.cameras[0]);
  expect(cameras).toEqual([
    expect.not.objectContaining({ decoder: expect.anything() }),
    expect.objectContaining({ decoder: "software" }),
  ]);
});

test("a health message holds the vitals, and each camera's rate since the last one", async () => {
  const { heartbeat, camera, clock, sent } = await setUp();
  clock.advance(10_000);
  camera.stats = { status: "ok", frames: 75, droppedFrames: 1, reconnects: 0 };
  await heartbeat.beat();
  clock.advance(3_000);
  camera.stats = { status: "lost", frames: 76, droppedFrames: 1, reconnects: 2 };
  await heartbeat.beat();
  const [first, second] = await sent();
  expect(first).toMatchObject({ ...VITALS, uptimeS: 10, inferenceMs: 1, outboxDepth: 0 });
  expect(first?.cameras).toEqual([
    { id: "street", status: "ok", fps: 7.5, frames: 75, droppedFrames: 1, reconnects: 0, view: "ok", viewS: 12.3 },
  ]);
  expect(second?.cameras).toMatchObject([{ status: "lost", fps: 0.3, reconnects: 2 }]);
});

test("vitals that cannot be read are logged; the heart beats on, and nobody who waits for it fails", async () => {
  let readings = 0;
  const { heartbeat, log, sent } = await setUp({
    readVitals: async () => {
      readings += 1;
      if (readings < 3) throw new Error("no such sensor");
      return VITALS;
    },
  });
  await heartbeat.beat();
  expect(log.lines).toEqual(["warn no heartbeat"]);
  const stop = new AbortController();
  const beating = heartbeat.run(stop.signal);
  while (readings < 4) await sleep(10);
  stop.abort();
  await beating;
  expect(log.lines).toEqual(["warn no heartbeat", "warn no heartbeat"]);
  expect((await sent()).length).toBeGreaterThanOrEqual(1);
});

test("the vitals of this machine fit the contract", async () => {
  const { heartbeat, log, sent } = await setUp({ readVitals, dataDir: await tempDir() });
  await heartbeat.beat();
  expect(log.lines).toEqual([]);
  expect((await sent())[0]?.memoryTotalMb).toBeGreaterThan(0);
});

test("pictures of which the model gave nothing finite are said, with their number, once", async () => {
  const detector = new WalkDetector();
  detector.unknown = (index) => index < 3;
  const { log, lines } = recorder();
  const { heartbeat } = await setUp({ detectors: detector, log });
  for (let index = 0; index < 5; index++) await detector.detect(frameOf({ index }));
  await heartbeat.beat();
  await heartbeat.beat();
  expect(lines).toMatchObject([
    { fields: { frames: 3 }, message: "the model's output was not finite; pictures not counted" },
  ]);
});
