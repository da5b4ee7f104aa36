import type { Readable } from "node:stream";

const MAX_CHARS = 4096;

/** Keeps the last few kilobytes of a stream, so that a chatty program costs no memory. */
export class StderrTail {
  text = "";

  constructor(stream: Readable | null) {
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => this.#add(chunk));
  }

  #add(chunk: string): void {
    this.text = (this.text + chunk).slice(-MAX_CHARS);
  }
}
