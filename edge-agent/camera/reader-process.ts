import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { ReaderProgram } from "./reader.ts";
import { readShownTimes, type ShownTimes } from "./shown-times.ts";
import { openSocketPair, type SocketPair } from "./socket-pair.ts";
import { StderrTail } from "./stderr-tail.ts";

/** Takes `bytes[from..to)`, returns how far it came; less than `to` = full, call `resume()` when there is room. */
export type ByteSink = (bytes: Uint8Array, from: number, to: number) => number;

/** Where what a reader writes goes. */
export interface ReaderOutput {
  readonly sink: ByteSink;
  /** For a file: takes what comes on descriptor 3, which is always read on, so that it cannot hold up the frames. */
  readonly times: ShownTimes | undefined;
}

/** How a run of a reader ended. */
export interface ReaderExit {
  /** Exit status; null when it was killed or never started. */
  readonly code: number | null;
  /** What killed it, ours too. */
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its standard error, as they came: may hold secrets. */
  readonly stderr: string;
  /** The error that kept it from starting. */
  readonly startError: Error | undefined;
}

/** SIGTERM lets a reader close a camera's session; it has this long before SIGKILL. */
const KILL_AFTER_MS = 2000;
const READ_BYTES = 1 << 18;

/** One run of a reader: its bytes go to a sink, its life ends with `stop()` or with ours. */
export class ReaderProcess {
  readonly exited: Promise<ReaderExit>;
  readonly #child: ChildProcess;
  readonly #input: PipeInput;
  #killTimer: NodeJS.Timeout | undefined;

  /** Use `startReader`. */
  constructor(child: ChildProcess, input: PipeInput) {
    this.#child = child;
    this.#input = input;
    this.exited = this.#untilExit();
  }

  /** Goes on after the sink was full. */
  resume(): void {
    this.#input.resume();
  }

  /** Asks the reader to end, and makes it; `exited` tells when it has. */
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

  async #untilExit(): Promise<ReaderExit> {
    const tail = new StderrTail(this.#child.stderr);
    const outcome = await exitOf(this.#child);
    clearTimeout(this.#killTimer);
    await this.#input.drained();
    return { ...outcome, stderr: tail.text };
  }
}

/** Starts a reader with its standard output on a socket of ours; when our process dies, its next write fails and it ends. */
export async function startReader(program: ReaderProgram, output: ReaderOutput): Promise<ReaderProcess> {
  const input = new PipeInput(output.sink);
  const { ours, theirs } = await openSocketPair(input.onread);
  input.attach(ours);
  const child = spawnTo(program, { ours, theirs, prints: output.times !== undefined });
  const printed = child.stdio[3];
  if (output.times !== undefined && printed instanceof Readable) {
    readShownTimes(printed, output.times, () => input.resume());
  }
  return new ReaderProcess(child, input);
}

function spawnTo(
  { path, args, env, input }: ReaderProgram,
  { ours, theirs, prints }: SocketPair & { readonly prints: boolean },
): ChildProcess {
  try {
    const child = spawn(path, args, {
      env: { ...process.env, ...env },
      stdio: [input === undefined ? "ignore" : "pipe", theirs, "pipe", prints ? "pipe" : "ignore"],
    });
    // One that does not start, or has gone already, does not read it; its exit tells.
    child.stdin?.on("error", () => {}).end(input);
    return child;
  } catch (error) {
    ours.destroy();
    throw error;
  } finally {
    theirs.destroy();
  }
}

async function exitOf(child: ChildProcess): Promise<Omit<ReaderExit, "stderr">> {
  return new Promise((resolve) => {
    child.once("error", (startError) => resolve({ code: null, signal: null, startError }));
    child.once("close", (code, signal) => resolve({ code, signal, startError: undefined }));
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
