import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";

/** The built command. */
export const KAZOE = join(PACKAGE_ROOT, "dist", "deploy", "cli", "kazoe.js");

/** A `kazoe` process of the build in dist/, with what it printed so far. */
export interface KazoeProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
  /** Without what went to standard error, such as a progress bar. */
  printed(): string;
}

export function startKazoe(args: readonly string[], env: Record<string, string> = {}): KazoeProcess {
  const child = spawn(process.execPath, [KAZOE, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  }
  child.stdout.on("data", (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-20_000);
  });
  const exited = once(child, "exit").then(([code]) => (typeof code === "number" ? code : null));
  return { child, exited, output: () => output, printed: () => printed };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  server.close();
  await once(server, "close");
  return port;
}

/** True when a program answers. */
export async function isInstalled(program: string, ...args: string[]): Promise<boolean> {
  const child = spawn(program, args, { stdio: "ignore" });
  return new Promise((resolve) => {
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}
