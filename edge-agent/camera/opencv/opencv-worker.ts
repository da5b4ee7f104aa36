import { readFileSync, writeSync } from "node:fs";
import type { Source } from "../../../firmware-config/config/source.ts";
import { messageOf, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { type Binding, type Capture, loadBinding, PROPERTY } from "./binding.ts";
import { lookAt } from "./look.ts";
import { turnsToWrongSide } from "./quarter-turn.ts";
import { readFrames } from "./read-frames.ts";
import { NOT_LOADED, NOT_READ, type Request } from "./request.ts";

/**
 * A process of its own for one source: OpenCV blocks while it waits for a picture, and what crashes in its decoders must not take the
 * agent along. Reads a `Request` from standard input; frames go to standard output, a file's times to descriptor 3.
 */
async function main(): Promise<number> {
  const request: Request = JSON.parse(readFileSync(0, "utf8"));
  const binding = tryTo(NOT_LOADED, () => loadBinding(request.binding));
  const { major, minor, revision } = binding.version;
  if (request.source === undefined) return answer({ version: `${major}.${minor}.${revision}` });
  const { source, plan } = request;
  // Why it cannot be opened libav has printed by now; OpenCV itself only says that it cannot.
  const capture = tryTo(
    NOT_READ,
    () => openCapture(binding, source),
    () => "",
  );
  if (plan === undefined) return answer(lookAt(capture) ?? fail(NOT_READ, "no picture can be decoded"));
  let isStopped = false;
  process.once("SIGTERM", () => {
    isStopped = true;
  });
  const output = {
    frame: (bytes: Uint8Array) => writeAll(1, bytes),
    times: (text: string) => writeAll(3, Buffer.from(text)),
  };
  await readFrames(capture, {
    plan,
    isFile: source.kind === "file",
    isHalfTurned: capture.get(PROPERTY.turnedBy) % 180 === 90 && turnsToWrongSide(binding),
    binding,
    output,
    isStopped: () => isStopped,
  });
  // An RTSP camera is told that we leave.
  capture.release();
  return 0;
}

function openCapture(binding: Binding, source: Source): Capture {
  if (source.kind === "usb") return new binding.VideoCapture(source.device, binding.CAP_V4L2);
  if (source.kind === "rtsp") return new binding.VideoCapture(source.url, binding.CAP_FFMPEG);
  return new binding.VideoCapture(`file:${source.path}`, binding.CAP_FFMPEG);
}

function answer(found: object): number {
  writeAll(1, Buffer.from(JSON.stringify(found)));
  return 0;
}

/** The reader stops reading while its queue is full: the write waits, or is asked to come again. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if (systemCodeOf(error) !== "EAGAIN") throw error;
      Atomics.wait(PAUSE, 0, 0, 2);
    }
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

function tryTo<T>(status: number, step: () => T, reasonOf: (error: unknown) => string = messageOf): T {
  try {
    return step();
  } catch (error) {
    return fail(status, reasonOf(error));
  }
}

function fail(status: number, reason: string): never {
  if (reason !== "") process.stderr.write(`${reason}\n`);
  process.exit(status);
}

try {
  process.exitCode = await main();
} catch (error) {
  // The agent has gone, or wants no more.
  if (systemCodeOf(error) === "EPIPE") process.exit(0);
  fail(1, messageOf(error));
}
