import { chmod, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Agent } from "../../edge-agent/agent.ts";
import { Detectors } from "../../edge-agent/detector/detectors.ts";
import type { DataMessage } from "../../firmware-config/contract/messages.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { seededRandom } from "../../firmware-config/kit/seeded-random.ts";
import { openAuditOutbox } from "../support/audit-outbox.ts";
import { DAMAGES, damageFile } from "../support/damage.ts";
import { LogRecorder } from "../support/log-recorder.ts";
import { tempDir } from "../support/temp-dir.ts";
import { FakeCamera, WalkDetector, walkConfig } from "./walk.ts";

const ROUNDS = Number(process.env.KAZOE_DAMAGE_ROUNDS ?? 12);
const FRAMES = 90;

/** Counts `FRAMES` frames of one camera, to the end. */
async function count(dataDir: string, camera: string, tokenFile?: string): Promise<LogRecorder> {
  const log = new LogRecorder();
  const config = walkConfig(dataDir, [camera]);
  const agent = new Agent({
    config: tokenFile === undefined ? config : { ...config, mqtt: { ...config.mqtt, tokenFile } },
    model: { name: "none", sha256: "0".repeat(64) },
    detectors: new Detectors(new Map([[camera, new WalkDetector()]])),
    version: "0",
    clock: systemClock,
    log,
    openCamera: async () => new FakeCamera({ id: camera, startMs: systemClock.nowMs(), frames: FRAMES }),
    drainMs: 0,
  });
  await agent.run(new AbortController().signal);
  return log;
}

async function leftIn(dataDir: string) {
  const outbox = await openAuditOutbox(dataDir, "cam-1");
  const messages = (await outbox.read(0, 10_000)).map(({ message }) => message);
  const { dropped } = outbox.stats();
  await outbox.close();
  return { messages, dropped };
}

const idOf = ({ bootId, seq }: DataMessage) => `${bootId}:${seq}`;

function sumsOf(messages: readonly DataMessage[], camera: string) {
  const counts = messages.flatMap((message) => (message.kind === "counts" ? [message] : []));
  const of = (kind: "line" | "zone") => counts.filter((one) => one.cameraId === camera && one.targetKind === kind);
  const entries = of("line").reduce((sum, one) => sum + one.in, 0);
  return [entries, of("zone").reduce((sum, one) => sum + one.visits, 0)];
}

async function filesBelow(dir: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

const LONG = { timeout: 30_000 + 5_000 * ROUNDS };

test("whatever becomes of the files of its folder, a device counts, and keeps what was not damaged", LONG, async () => {
  const seed = Number(process.env.KAZOE_SEED ?? Date.now() % 1_000_000);
  console.info(`seed ${seed}`);
  const random = seededRandom(seed);
  const before = await tempDir();
  for (const camera of ["first", "second", "third"]) await count(before, camera);
  await writeFile(join(before, "checkpoint.unusable"), "left by an earlier start");
  const known = new Map((await leftIn(before)).messages.map((message) => [idOf(message), message]));
  let lost = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const dataDir = join(await tempDir(), "data");
    await cp(before, dataDir, { recursive: true });
    const files = await filesBelow(dataDir);
    const file = files[Math.floor(random() * files.length)] ?? "";
    const kind = DAMAGES[round % DAMAGES.length] ?? "cut";
    await damageFile(file, kind, random);
    const log = await count(dataDir, "after");
    const { messages, dropped } = await leftIn(dataDir);
    expect(sumsOf(messages, "after"), `seed ${seed}, round ${round}, ${kind} ${file}`).toEqual([1, 1]);
    const old = messages.filter(({ bootId, seq }) => known.has(`${bootId}:${seq}`));
    for (const message of old) expect(message).toEqual(known.get(idOf(message)));
    expect(old.length + dropped).toBeLessThanOrEqual(known.size);
    if (dropped > 0) expect(log.lines.some((line) => line.startsWith("error"))).toBe(true);
    lost += known.size - old.length;
    await chmod(file, 0o600).catch(() => {});
    await rm(dataDir, { recursive: true });
  }
  console.info(`${ROUNDS} rounds, ${known.size} messages each, ${lost} lost in damaged bytes`);
});

test("a token that went bad keeps a device from sending, not from counting; a new device stops at once", async () => {
  const dataDir = await tempDir();
  const token = join(dataDir, "device.token");
  await mkdir(token);
  await expect(count(dataDir, "first", token)).rejects.toMatchObject({
    fault: "config",
    message: expect.stringContaining(token),
  });
  await rm(token, { recursive: true });
  await writeFile(token, "abc\n", { mode: 0o600 });
  await count(dataDir, "first", token);
  await writeFile(token, Buffer.alloc(40));
  const log = await count(dataDir, "second", token);
  expect(log.lines).toContain("error a file of the configuration cannot be used; counting goes on without it");
  expect(sumsOf((await leftIn(dataDir)).messages, "second")).toEqual([1, 1]);
});
