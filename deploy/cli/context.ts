import { join } from "node:path";
import { AppError, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { homeFolder } from "../../firmware-config/kit/home-folder.ts";
import { packageVersion } from "../../firmware-config/kit/package-root.ts";
import { safeText } from "../../firmware-config/kit/safe-text.ts";
import { storageError } from "../../firmware-config/kit/storage-error.ts";

/** What a command has of the world outside; the only place that reads the environment. */
export interface CliContext {
  readonly version: string;
  /** Where built and added models are kept. */
  readonly modelsDir: string;
  /** Where fetched samples are kept. */
  readonly samplesDir: string;
  /** True when a person watches stderr. */
  readonly interactive: boolean;
  /** To stdout: results. Nothing in them steers a terminal; JSON stays the same JSON. */
  write(text: string): void;
  /** To stderr: what goes on, made safe as well. */
  note(text: string): void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

type Outputs = Readonly<Record<"stdout" | "stderr", Output>>;

export function createContext(env: NodeJS.ProcessEnv, { stdout, stderr }: Outputs = process): CliContext {
  const home = homeFolder(env);
  return {
    version: packageVersion(),
    modelsDir: join(home, "models"),
    samplesDir: join(home, "samples"),
    interactive: stderr.isTTY === true && env.CI === undefined,
    write: (text) => void stdout.write(safeText(text)),
    note: (text) => void stderr.write(safeText(text)),
  };
}

/** What a shell says of a command that SIGPIPE ended, 128 + 13. */
const READER_GONE = 141;

/**
 * Takes a reader's leaving (`kazoe ... | head -1`) as the end of the command, and the loss of stderr as nothing: a service
 * counts on though nobody reads its log, or no disk takes it. What is lost of stdout otherwise is told and ends the command with 1.
 */
export function endWithReader(
  { stdout, stderr, exit }: Pick<NodeJS.Process, "stdout" | "stderr" | "exit">,
  tell: (error: AppError) => void,
): void {
  stdout.on("error", (error) => {
    if (systemCodeOf(error) === "EPIPE") exit(READER_GONE);
    const { code, message } = storageError(error, "standard output");
    const hint = "Send the output to where there is room; the command did not come to its end.";
    tell(new AppError(message, { code, hint, cause: error }));
    exit(1);
  });
  stderr.on("error", (error) => {
    if (systemCodeOf(error) === undefined) throw error;
  });
}

/** What a shell says of a command that Ctrl-C ended, 128 + 2: what was asked for has not been done. */
export const STOPPED = 130;

/** Aborts on the first Ctrl-C or SIGTERM; a second Ctrl-C ends the process at once. */
export function stopSignal(): AbortSignal {
  if (stops.length === 0) for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stopAll);
  const stop = new AbortController();
  stops.push(stop);
  return stop.signal;
}

/** Of this process, which has one listener for all: a command may ask for more than one, and tests run many commands. */
const stops: AbortController[] = [];

function stopAll(): void {
  if (stops.at(-1)?.signal.aborted) process.exit(STOPPED);
  for (const stop of stops) stop.abort();
}

/** Runs a part whose end is to be stopped: that it is stopped before it stands is no failure. */
export async function untilStopped(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const signal = stopSignal();
  try {
    await run(signal);
  } catch (error) {
    if (error !== signal.reason) throw error;
  }
}
