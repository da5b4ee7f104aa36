import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { TOOLS_DIR } from "../home.ts";
import { freePort } from "../processes.ts";

const DIR = join(TOOLS_DIR, "bqemulator");
/** Written last by `.ci/install-bigquery`. */
const INSTALLED = join(DIR, "installed.txt");
const PROJECT = "kazoe-test";
const START_MS = 80_000;
/** The emulator, made to bear several requests at a time. */
const MAIN = join(PACKAGE_ROOT, "test", "support", "google", "bigquery-emulator.py");

/** False where `.ci/install-bigquery` has not run; says so. */
export function hasBigQueryEmulator(): boolean {
  const isThere = existsSync(INSTALLED);
  if (!isThere) console.warn("skipped: the BigQuery emulator is not installed here (.ci/install-bigquery)");
  return isThere;
}

/** An emulator of BigQuery as a process of its own: REST and Storage API, in memory; `rest` and `grpcPort` are what the clients take. */
export class BigQueryEmulator {
  readonly rest: string;
  readonly grpcPort: number;
  readonly projectId = PROJECT;
  readonly #child: ChildProcess;

  private constructor({ restPort, grpcPort }: { restPort: number; grpcPort: number }, child: ChildProcess) {
    this.rest = `http://127.0.0.1:${restPort}`;
    this.grpcPort = grpcPort;
    this.#child = child;
  }

  static async start(): Promise<BigQueryEmulator> {
    const [restPort, grpcPort] = [await freePort(), await freePort()];
    const ports = ["--rest-port", String(restPort), "--grpc-port", String(grpcPort)];
    const hosts = ["--rest-host", "127.0.0.1", "--grpc-host", "127.0.0.1"];
    const rest = ["--ephemeral", "--project", PROJECT, "--log-level", "warning"];
    const child = spawn(join(DIR, "bin", "python"), [MAIN, "start", ...hosts, ...ports, ...rest], {
      // DuckDB looks for its extensions in the home folder.
      env: { PATH: process.env.PATH, HOME: join(DIR, "home") },
    });
    const emulator = new BigQueryEmulator({ restPort, grpcPort }, child);
    await isReady(`${emulator.rest}/readyz`, child);
    return emulator;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}

/** Resolves when `url` answers; throws with the last words of a child that ended before. */
async function isReady(url: string, child: ChildProcess): Promise<void> {
  let told = "";
  let failure: unknown;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (piece: Buffer) => {
      told = (told + piece.toString()).slice(-10_000);
    });
  }
  child.once("error", (error) => {
    failure = error;
  });
  const until = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (failure !== undefined) throw failure;
    if (child.exitCode !== null) throw new Error(`The emulator ended: ${told}`);
    if (Date.now() > until) {
      child.kill("SIGKILL");
      throw new Error(`The emulator was not ready after ${START_MS} ms: ${told}`);
    }
    await sleep(100);
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
