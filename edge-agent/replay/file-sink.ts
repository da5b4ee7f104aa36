import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { makeFolder } from "../../firmware-config/kit/make-folder.ts";
import { outputError } from "../../firmware-config/kit/storage-error.ts";
import { Stamper } from "../outbox/stamper.ts";
import type { Draft, MessageSink } from "../window/message-sink.ts";

/** Writes what a device would have published to `events.ndjson` and `counts.ndjson`, one message a line. */
export class FileSink implements MessageSink {
  readonly #stamper: Stamper;
  readonly #events: WriteStream;
  readonly #counts: WriteStream;

  private constructor(dir: string, stamper: Stamper) {
    this.#stamper = stamper;
    this.#events = createWriteStream(join(dir, "events.ndjson"));
    this.#counts = createWriteStream(join(dir, "counts.ndjson"));
    // The failure is thrown by `close`, which every run reaches.
    this.#events.on("error", () => {});
    this.#counts.on("error", () => {});
  }

  /** Makes the folder; throws `AppError` when it cannot be written. */
  static async open(dir: string, deviceId: string, clock: Clock): Promise<FileSink> {
    try {
      await makeFolder(dir);
    } catch (error) {
      throw outputError(error, dir);
    }
    return new FileSink(dir, new Stamper({ deviceId, bootId: "replay-0", clock, isClockSynced: () => false }));
  }

  async commit(drafts: readonly Draft[]): Promise<void> {
    for (const draft of drafts) {
      const stream = draft.kind === "counts" ? this.#counts : this.#events;
      stream.write(`${JSON.stringify(this.#stamper.stamp(draft))}\n`);
    }
  }

  /** Resolves when all is written; throws `AppError` when something could not be. */
  async close(): Promise<void> {
    await Promise.all([this.#events, this.#counts].map(endOf));
  }
}

async function endOf(stream: WriteStream): Promise<void> {
  try {
    stream.end();
    await finished(stream);
  } catch (error) {
    throw outputError(error, String(stream.path));
  }
}
