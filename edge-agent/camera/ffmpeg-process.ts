import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { readShownTimes, type ShownTimes } from "./shown-times.ts";
import { openSocketPair, type SocketPair } from "./socket-pair.ts";
import { StderrTail } from "./stderr-tail.ts";

/** Takes `bytes[from..to)`, returns how far it came; less than `to` = full, call `resume()` when there is room. */
export type ByteSink = (bytes: Uint8Array, from: number, to: number) => number;

/** Where what ffmpeg writes goes. */
export interface FfmpegOutput {
  readonly sink: ByteSink;
  /** For a file: takes what comes on descriptor 3, which is always read on, so that it cannot hold up the frames. */
  readonly times: ShownTimes | undefined;
}

/** How a run of ffmpeg ended. */
export interface FfmpegExit {
  /** Exit status; null when it was killed or never started. */
  readonly code: number | null;
  /** The last lines of its standard error, as they came: may hold secrets. */
  readonly stderr: string;
  /** The error that kept it from starting. */
  readonly startError: Error | undefined;
}

/** SIGTERM lets ffmpeg close a camera's session; it has this long before SIGKILL. */
const KILL_AFTER_MS = 2000;
const READ_BYTES = 1 << 18;

/** One run of ffmpeg: its bytes go to a sink, its life ends with `stop()` or with ours. */
export class FfmpegProcess {
  readonly exited: Promise<FfmpegExit>;
  readonly #child: ChildProcess;
  readonly #input: PipeInput;
  #killTimer: NodeJS.Timeout | undefined;

  /** Use `startFfmpeg`. */
  constructor(child: ChildProcess, input: PipeInput) {
    this.#child = child;
    this.#input = input;
    this.exited = this.#untilExit();
  }

  /** Goes on after the sink was full. */
  resume(): void {
    this.#input.resume();
  }

  /** Asks ffmpeg to end, and makes it; `exited` tells when it has. */
  stop(): void {
    this.#input.close();
    if (this.#killTimer !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    this.#killTimer = setTimeout(() => this.#kill(), KILL_AFTER_MS);
  }

  #kill(): void {
    this.#child.kill("SIGKILL");
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  async #untilExit(): Promise<FfmpegExit> {
    const tail = new StderrTail(this.#child.stderr);
    const outcome = await exitOf(this.#child);
    clearTimeout(this.#killTimer);
    await this.#input.drained();
    return { ...outcome, stderr: tail.text };
  }
}

/** Starts ffmpeg with its standard output on a socket of ours; when our process dies, its next write fails and it ends. */
export async function startFfmpeg(path: string, args: readonly string[], output: FfmpegOutput): Promise<FfmpegProcess> {
  const input = new PipeInput(output.sink);
  const { ours, theirs } = await openSocketPair(input.onread);
  input.attach(ours);
  const child = spawnTo(path, args, { ours, theirs, prints: output.times !== undefined });
  const printed = child.stdio[3];
  if (output.times !== undefined && printed instanceof Readable) {
    readShownTimes(printed, output.times, () => input.resume());
  }
  return new FfmpegProcess(child, input);
}

function spawnTo(
  path: string,
  args: readonly string[],
  { ours, theirs, prints }: SocketPair & { readonly prints: boolean },
): ChildProcess {
  try {
    return spawn(path, args, { stdio: ["ignore", theirs, "pipe", prints ? "pipe" : "ignore"] });
  } catch (error) {
    ours.destroy();
    throw error;
  } finally {
    theirs.destroy();
  }
}

async function exitOf(child: ChildProcess): Promise<Omit<FfmpegExit, "stderr">> {
  return new Promise((resolve) => {
    child.once("error", (startError) => resolve({ code: null, startError }));
    child.once("close", (code) => resolve({ code, startError: undefined }));
  });
}

/** Reads the socket into one buffer and hands on what arrived; stops reading while the sink is full. */
class PipeInput {
  readonly onread = { buffer: new Uint8Array(READ_BYTES), callback: (count: number) => this.#take(count) };
  readonly #sink: ByteSink;
  #socket: Socket | undefined;
  #ended: Promise<void> = Promise.resolve();
  #from = 0;
  #to = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    this.#ended = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.destroy());
  }

  /** Asks the sink even when there are no bytes left: a frame may have waited for its time alone. */
  resume(): void {
    const wasFull = this.#from < this.#to;
    this.#from = this.#sink(this.onread.buffer, this.#from, this.#to);
    if (wasFull && this.#from === this.#to) this.#socket?.resume();
  }

  /** What still comes is thrown away; a writer that goes on fails. */
  close(): void {
    this.#from = this.#to;
    this.#socket?.destroy();
  }

  /** Resolves when every byte was handed on or thrown away. */
  drained(): Promise<void> {
    return this.#ended;
  }

  #take(count: number): boolean {
    this.#to = count;
    this.#from = this.#sink(this.onread.buffer, 0, count);
    return this.#from === count;
  }
}
