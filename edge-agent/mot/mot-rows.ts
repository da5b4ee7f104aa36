import { AppError, messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { readTextFile, UnfitFile } from "../../firmware-config/kit/text-file.ts";

/** Rows of a MOTChallenge file ordered by frame, as parallel arrays (Leal-Taixe et al. 2015). */
export interface MotRows {
  readonly count: number;
  /** From 1. */
  readonly frames: Int32Array;
  /** -1 in a file of detections. */
  readonly ids: Int32Array;
  /** `[left, top, right, bottom]` of row i at 4i..4i+3, pixels. */
  readonly boxes: Float32Array;
  /** Score of a detection; 1 where the file has none. */
  readonly scores: Float32Array;
}

/** More than 24 hours at 30 pictures per second: a larger number is a mistake. */
const MAX_FRAME = 10_000_000;
const MAX_ROWS = 5_000_000;
/** About the longest text that Node can hold. */
const MAX_FILE_BYTES = 500 * 1024 * 1024;
const MAX_ID = 2 ** 31 - 1;
const HINT = "Give a MOTChallenge file: frame,id,left,top,width,height,score, separated by commas or spaces.";

/**
 * Reads detections, or tracks: those need ids from 1, and rows with score 0, by which ground truth marks what does not
 * count, are left out. A row that is none raises `TRACKS_INVALID` with its line.
 */
export async function readMotRows(path: string, kind: "detections" | "tracks"): Promise<MotRows> {
  const rows: number[][] = [];
  const lines = (await readText(path)).split("\n");
  for (let k = 0; k < lines.length; k++) {
    const line = (lines[k] ?? "").trim();
    if (line === "") continue;
    if (rows.length === MAX_ROWS) throw invalid(path, k + 1, `more than ${MAX_ROWS} rows`);
    const row = parseRow(line, path, k + 1);
    if (kind === "tracks" && (row[1] ?? 0) < 1) throw invalid(path, k + 1, "the id of a track is not 1 or more");
    if (kind === "detections" || row[6] !== 0) rows.push(row);
  }
  if (kind === "detections" && rows.length === 0) throw invalid(path, 1, "the file has no rows");
  rows.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  return toArrays(rows);
}

async function readText(path: string): Promise<string> {
  try {
    return await readTextFile(path, { maxBytes: MAX_FILE_BYTES });
  } catch (error) {
    const missing = systemCodeOf(error) === "ENOENT";
    const why = error instanceof UnfitFile ? `the file is ${error.message}` : messageOf(error);
    const reason = missing ? "there is no such file" : why;
    throw new AppError(`${path}: ${reason}`, { code: "TRACKS_INVALID", hint: HINT, cause: error });
  }
}

function parseRow(line: string, path: string, number: number): number[] {
  const cells = line.split(/[\s,]+/).filter((cell) => cell !== "");
  if (cells.length < 6) throw invalid(path, number, `${cells.length} numbers where at least 6 are needed`);
  const row = cells.slice(0, 7).map(Number);
  const wrong = row.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw invalid(path, number, `column ${wrong + 1} is not a number`);
  const [frame = 0, id = 0, , , width = 0, height = 0] = row;
  if (!Number.isInteger(frame) || frame < 1 || frame > MAX_FRAME)
    throw invalid(path, number, "the frame is not 1 or more");
  if (!Number.isInteger(id) || Math.abs(id) > MAX_ID) throw invalid(path, number, "the id is not a whole number");
  if (width <= 0 || height <= 0) throw invalid(path, number, "the box has no area");
  return row;
}

function invalid(path: string, line: number, reason: string): AppError {
  return new AppError(`${path}:${line}: ${reason}`, { code: "TRACKS_INVALID", hint: HINT });
}

/** The largest number of rows that one frame has. */
export function largestFrame({ count, frames }: MotRows): number {
  let largest = 0;
  let start = 0;
  for (let i = 0; i < count; i++) {
    if (frames[i] !== frames[start]) start = i;
    largest = Math.max(largest, i - start + 1);
  }
  return largest;
}

function toArrays(rows: readonly number[][]): MotRows {
  const count = rows.length;
  const arrays = {
    count,
    frames: new Int32Array(count),
    ids: new Int32Array(count),
    boxes: new Float32Array(4 * count),
    scores: new Float32Array(count),
  };
  rows.forEach(([frame = 0, id = 0, left = 0, top = 0, width = 0, height = 0, score = 1], i) => {
    arrays.frames[i] = frame;
    arrays.ids[i] = id;
    arrays.boxes.set([left, top, left + width, top + height], 4 * i);
    arrays.scores[i] = score;
  });
  return arrays;
}
