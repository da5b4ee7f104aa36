import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { get } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connectAsync } from "mqtt";
import { expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import { connectionLimits, sayLimits } from "../../cloud-ingest/connection-limits.ts";
import { openFilesLimit } from "../../firmware-config/kit/open-files.ts";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";
import { LogRecorder } from "../support/log-recorder.ts";
import { freePort } from "../support/processes.ts";
import { tempDir } from "../support/temp-dir.ts";
import { DEVICES, NAME, PREFIX, TOKEN } from "./broker/broker-rig.ts";
import { countsMessage, SHIBUYA } from "./warehouse/rows.ts";

test.each([
  { openFiles: undefined, broker: { connections: 20_000, strangers: 1_000 }, http: { total: 1_000 }, isSaid: false },
  { openFiles: 524_288, broker: { connections: 20_000, strangers: 1_000 }, http: { total: 1_000 }, isSaid: false },
  { openFiles: 4_356, broker: { connections: 3_100, strangers: 1_000 }, http: { total: 1_000 }, isSaid: false },
  { openFiles: 1_024, broker: { connections: 576, strangers: 288 }, http: { total: 192 }, isSaid: true },
  { openFiles: 256, broker: { connections: 96, strangers: 48 }, http: { total: 32 }, isSaid: true },
])("connections leave room for files: $openFiles", ({ openFiles, broker, http, isSaid }) => {
  const limits = connectionLimits(openFiles);
  expect(limits).toEqual({ broker, http });
  const log = new LogRecorder();
  sayLimits(limits, 100, { log, openFiles });
  expect(log.lines.map((line) => line.includes("limit of open files"))).toEqual(isSaid ? [true] : []);
});

test("the process tells its own limit", () => {
  expect(openFilesLimit()).toBeGreaterThan(0);
});

const FEW_FILES = 300;

async function startCloud(dir: string, ports: { readonly mqtt: number; readonly http: number }) {
  const config = { stores: [SHIBUYA], devices: DEVICES, broker: { port: ports.mqtt }, http: { port: ports.http } };
  await writeFile(join(dir, "cloud.yaml"), stringify(config));
  const kazoe = [process.execPath, join(PACKAGE_ROOT, "dist", "deploy", "cli", "kazoe.js")];
  const command = ["-c", `ulimit -n ${FEW_FILES}; exec "$@"`, "sh", ...kazoe];
  const child = spawn("sh", [...command, "cloud", "--config", join(dir, "cloud.yaml")], { stdio: "pipe" });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  await vi.waitFor(() => expect(output).toContain("the cloud half is ready"), { timeout: 20_000 });
  return { output: () => output };
}

/** Sockets that say nothing. */
async function strangers(port: number, count: number): Promise<void> {
  const sockets = Array.from({ length: count }, () => connect(port, "127.0.0.1").on("error", () => {}));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
}

async function healthOf(port: number): Promise<string> {
  const request = get({ port, host: "127.0.0.1", localAddress: "127.0.0.2", path: "/healthz", timeout: 5_000 });
  request.on("timeout", () => request.destroy(new Error("no answer")));
  const [response] = await once(request, "response");
  return text(response);
}

test.runIf(process.platform === "linux")("strangers do not take the files of a process that may open few", async () => {
  const ports = { mqtt: await freePort(), http: await freePort() };
  const cloud = await startCloud(await tempDir(), ports);
  expect(cloud.output()).toContain("the limit of open files allows fewer connections");
  await strangers(ports.mqtt, 250);
  await strangers(ports.http, 150);
  const identity = { clientId: NAME, username: NAME, password: TOKEN };
  const device = await connectAsync(`mqtt://127.0.0.1:${ports.mqtt}`, { ...identity, connectTimeout: 5_000 }, false);
  onTestFinished(() => device.endAsync(true));
  const payload = JSON.stringify(countsMessage(1, new Date().toISOString()));
  await device.publishAsync(`${PREFIX}counts`, payload, { qos: 1 });
  await vi.waitFor(async () => expect(await healthOf(ports.http)).toContain('"stored":1'), { timeout: 10_000 });
  expect(cloud.output()).not.toContain("TOO_MANY_FILES");
  expect(cloud.output()).not.toContain("EMFILE");
});
