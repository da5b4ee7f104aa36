import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Aedes } from "aedes";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { type Slope, slopeOf } from "./slope.ts";

export interface DeviceSoakOptions {
  readonly minutes: number;
  readonly video: string;
  /** Name or file of the model. */
  readonly model: string;
  /** One line of the table as soon as it is known. */
  readonly note: (line: string) => void;
}

/** One minute: the least that the agent held and the most that its ffmpeg did, MB, and what had been done by then. */
export interface DeviceMinute {
  readonly minute: number;
  readonly agentMb: number;
  readonly ffmpegMb: number;
  readonly frames: number;
  readonly messages: number;
}

export interface DeviceSoakResult {
  readonly rows: readonly DeviceMinute[];
  /** Of the agent over the last half, MB per minute; an ffmpeg lives no longer than a round of the film. */
  readonly slope: Slope;
  /** No slope beyond two of its standard errors; false too when the run was too short to tell. */
  readonly isFlat: boolean;
}

const KAZOE = join(PACKAGE_ROOT, "dist", "deploy", "cli", "kazoe.js");
const SAMPLE_S = 2;
const STOP_MS = 20_000;

/** Runs `kazoe agent` on a film that goes round as fast as the machine can, with a broker that takes all, and watches its memory. Linux only. */
export async function runDeviceSoak(options: DeviceSoakOptions): Promise<DeviceSoakResult> {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-device-soak-"));
  const broker = await Broker.start();
  const config = join(dir, "device.yaml");
  await writeFile(config, configText(options, broker.port));
  const agent = spawn(process.execPath, [KAZOE, "agent", "--config", config], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    const rows = await watch(agent, broker, options);
    const half = rows.slice(rows.length >> 1);
    const slope = slopeOf(half.map(({ minute, agentMb }) => ({ x: minute, y: agentMb })));
    return { rows, slope, isFlat: Number.isFinite(slope.standardError) && slope.perX <= 2 * slope.standardError };
  } finally {
    await ended(agent);
    await broker.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** What the run came to, in words. */
export function deviceVerdict({ rows, slope, isFlat }: DeviceSoakResult): string {
  const last = rows.at(-1);
  const [perHour, error] = [slope.perX * 60, slope.standardError * 60];
  const done = `${last?.frames ?? 0} frames and ${last?.messages ?? 0} messages in ${last?.minute ?? 0} minutes`;
  // Two points lie on a line, whatever the memory does.
  if (!Number.isFinite(error)) return `too short to tell, five minutes are the least; ${done}`;
  return `${isFlat ? "flat" : "NOT FLAT"}: ${perHour.toFixed(1)} ± ${error.toFixed(1)} MB an hour over the last half; ${done}`;
}

async function watch(agent: ChildProcess, broker: Broker, { minutes, note }: DeviceSoakOptions) {
  const rows: DeviceMinute[] = [];
  const startMs = performance.now();
  note("  minute  agent MB  ffmpeg MB      frames  messages");
  for (let minute = 1; minute <= minutes; minute++) {
    let [agentMb, ffmpegMb] = [Number.POSITIVE_INFINITY, 0];
    while (performance.now() - startMs < minute * 60_000) {
      await sleep(SAMPLE_S * 1000);
      if (agent.exitCode !== null || agent.pid === undefined) throw new Error("The agent ended; its log says why");
      agentMb = Math.min(agentMb, await residentMb(agent.pid));
      ffmpegMb = Math.max(ffmpegMb, await childrenMb(agent.pid));
    }
    const row = { minute, agentMb, ffmpegMb, frames: broker.frames, messages: broker.messages };
    rows.push(row);
    note(lineOf(row));
  }
  return rows;
}

const lineOf = ({ minute, agentMb, ffmpegMb, frames, messages }: DeviceMinute) =>
  `${String(minute).padStart(8)}${agentMb.toFixed(1).padStart(10)}${ffmpegMb.toFixed(1).padStart(11)}${String(frames).padStart(12)}${String(messages).padStart(10)}`;

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}

/** A film that begins again is another ffmpeg, so at one moment there may be none. */
async function childrenMb(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "")),
  );
  const children = lists.flatMap((list) => list.split(" ").map(Number).filter(Boolean));
  const held = await Promise.all(children.map(residentMb));
  return held.reduce((sum, mb) => sum + mb, 0);
}

async function ended(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null) return;
  const exited = once(agent, "exit");
  agent.kill("SIGTERM");
  const killing = setTimeout(() => agent.kill("SIGKILL"), STOP_MS);
  await exited;
  clearTimeout(killing);
}

/** Takes all and keeps nothing. */
class Broker {
  readonly port: number;
  /** Worked on by the agent, by its own word. */
  frames = 0;
  messages = 0;
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port;
    this.#close = close;
  }

  static async start(): Promise<Broker> {
    const aedes = await Aedes.createBroker();
    const server = createServer(aedes.handle).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const broker = new Broker(typeof address === "object" && address ? address.port : 0, async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      server.close();
    });
    aedes.on("publish", ({ topic, payload }, client) => client && broker.#see(topic, payload.toString()));
    return broker;
  }

  close(): Promise<void> {
    return this.#close();
  }

  #see(topic: string, payload: string): void {
    this.messages++;
    if (!topic.endsWith("/health")) return;
    const { cameras }: { readonly cameras: readonly { readonly frames: number }[] } = JSON.parse(payload);
    this.frames = cameras.reduce((sum, { frames }) => sum + frames, 0);
  }
}

/** JSON is YAML. Lines and a zone that people cross all the time; the healths often, so that the table knows the frames. */
function configText({ video, model }: DeviceSoakOptions, port: number): string {
  return JSON.stringify({
    ...{ tenant: "acme", store: "soak", device: "cam-1", dataDir: "data", detector: { model }, healthS: 5 },
    mqtt: { url: `mqtt://127.0.0.1:${port}` },
    counts: { windowS: 10 },
    cameras: [
      {
        ...{ id: "street", source: video, pace: "fast", loop: true },
        lines: [
          { id: "down", from: [0.5, 0], to: [0.5, 1] },
          { id: "across", from: [0, 0.5], to: [1, 0.5] },
        ],
        zones: [
          {
            ...{ id: "all", stopS: 5 },
            polygon: [
              [0.1, 0.1],
              [0.9, 0.1],
              [0.9, 0.9],
              [0.1, 0.9],
            ],
          },
        ],
      },
    ],
    logLevel: "warn",
  });
}
