import { spawn } from "node:child_process";

/** How a program ended; `status` is null when a signal ended it, and 127 when it is not there. */
export interface ProgramEnd {
  readonly status: number | null;
  /** The end of what it printed to stdout and stderr. */
  readonly output: string;
}

const KEPT_CHARS = 20_000;

/** Runs a program to its end without a shell and without input. */
export function runProgram(program: string, args: readonly string[], cwd?: string): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_CHARS);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ status: 127, output: error.message }));
    child.on("close", (status) => resolve({ status, output }));
  });
}
