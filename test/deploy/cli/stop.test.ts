import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { endlessYolox } from "../../models/support/made-models.ts";
import { tempDir } from "../../support/temp-dir.ts";

const KAZOE = fileURLToPath(new URL("../../../dist/deploy/cli/kazoe.js", import.meta.url));
const LOOK_EVERY_MS = 50;

/** Starts `kazoe` as a terminal does, in a process group of its own, on a model that is tried for ever. */
async function tryingForever(command: "agent" | "replay" | "check-config" | "models") {
  const dir = await tempDir();
  const [device, model] = [join(dir, "device.yaml"), join(dir, "m.onnx")];
  await writeFile(model, endlessYolox());
  await writeFile(
    device,
    `tenant: t\nstore: s\ndevice: cam-01\ncameras: [{ id: street, source: a.mp4 }]\ndetector: { model: ${model} }\n`,
  );
  const args = {
    agent: ["--config", device],
    replay: ["--config", device, "--out", join(dir, "out")],
    "check-config": ["--device", device],
    models: ["add", model, "--name", "m", "--licence", "MIT"],
  }[command];
  const env = { ...process.env, KAZOE_HOME: dir };
  const kazoe = spawn(process.execPath, [KAZOE, command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env,
  });
  const exited = once(kazoe, "exit");
  const output = Promise.all([kazoe.stdout.setEncoding("utf8").toArray(), kazoe.stderr.setEncoding("utf8").toArray()]);
  const child = await childOf(kazoe);
  onTestFinished(() => end(child));
  return { pid: kazoe.pid ?? 0, exited, output, child };
}

/** The process that tries the model. */
async function childOf({ pid, exitCode }: ChildProcess): Promise<number> {
  for (;;) {
    expect(exitCode).toBeNull();
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").filter(Boolean);
    for (const child of children) if ((await commandOf(child)).includes("probe-child")) return Number(child);
    await delay(LOOK_EVERY_MS);
  }
}

async function commandOf(pid: string | number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

async function isGone(pid: number): Promise<void> {
  while ((await commandOf(pid)) !== "") await delay(LOOK_EVERY_MS);
}

test.skipIf(process.platform !== "linux").each([
  { command: "agent", signal: "SIGTERM", code: 0 },
  { command: "agent", signal: "SIGINT", code: 0 },
  { command: "replay", signal: "SIGINT", code: 130 },
  { command: "check-config", signal: "SIGINT", code: 130 },
  { command: "models", signal: "SIGTERM", code: 130 },
] as const)(
  "kazoe $command that is stopped by $signal while its model is tried says nothing of the model",
  async (row) => {
    const { pid, exited, output, child } = await tryingForever(row.command);
    process.kill(-pid, row.signal);
    expect(await exited).toEqual([row.code, null]);
    expect((await output).flat().join("")).toBe("");
    await isGone(child);
  },
);

test.skipIf(process.platform !== "linux")("a model that is being tried ends with a kazoe that was killed", async () => {
  const { pid, exited, child } = await tryingForever("agent");
  await delay(1000);
  process.kill(pid, "SIGKILL");
  await exited;
  await isGone(child);
});
