import type { Readable } from "node:stream";

/** Takes the presentation times of a run's frames, in order. */
export interface ShownTimes {
  /** The file shows a frame that `thinning` may leave out; told only where there is thinning. */
  see(): void;
  /** The time of the next frame that comes, seconds; NaN when the file does not say. */
  add(shownS: number): void;
  /** No more come. */
  end(): void;
}

/** Ticks of `settb` a second. */
export const TICKS_PER_S = 1_000_000;
/** The key that the `metadata` filter needs to print a frame at all, and its values: seen before thinning, or comes. */
export const MARK = { key: "k", seen: "0", comes: "1" } as const;
/** What ffmpeg's `metadata` filter prints of each frame: a line with its time, then one a key. */
const TIME = /^frame:\d+ +pts:(\S+)/;
const SEEN_LINE = `${MARK.key}=${MARK.seen}`;
const COMES_LINE = `${MARK.key}=${MARK.comes}`;

/** Reads what `metadata` prints and hands the times on; `onTimes` is called after each piece, and at the end. */
export function readShownTimes(stream: Readable, times: ShownTimes, onTimes: () => void): void {
  let rest = "";
  let shownS = Number.NaN;
  stream.setEncoding("utf8");
  stream.on("error", () => stream.destroy());
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const ticks = TIME.exec(line)?.[1];
      if (ticks !== undefined) shownS = Number(ticks) / TICKS_PER_S;
      else if (line === SEEN_LINE) times.see();
      else if (line === COMES_LINE) times.add(shownS);
    }
    onTimes();
  });
  stream.on("close", () => {
    times.end();
    onTimes();
  });
}
