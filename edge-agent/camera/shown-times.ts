import type { Readable } from "node:stream";

/** Takes the presentation times of a run's frames, in order. */
export interface ShownTimes {
  /** Seconds; NaN when the file does not say. */
  add(shownS: number): void;
  /** No more come. */
  end(): void;
}

/** Ticks of `settb` a second. */
export const TICKS_PER_S = 1_000_000;
/** What ffmpeg's `metadata` filter prints of each frame. */
const LINE = /^frame:\d+ +pts:(\S+)/;

/** Reads what `metadata` prints and hands the times on; `onTimes` is called after each piece, and at the end. */
export function readShownTimes(stream: Readable, times: ShownTimes, onTimes: () => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("error", () => stream.destroy());
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) addLine(line, times);
    onTimes();
  });
  stream.on("close", () => {
    times.end();
    onTimes();
  });
}

function addLine(line: string, times: ShownTimes): void {
  const ticks = LINE.exec(line)?.[1];
  if (ticks !== undefined) times.add(Number(ticks) / TICKS_PER_S);
}
