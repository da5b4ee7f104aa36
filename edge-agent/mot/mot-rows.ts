import { AppError, messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { readTextFile, UnfitFile } from "../../firmware-config/kit/text-file.ts";
import { cellOf, cellsOf, headingFault, isHeading } from "./mot-cells.ts";

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

/** No score: it was not given. MOTChallenge writes -1 where a number is not known. */
const NOT_GIVEN = -1;
/** More than 24 hours at 30 pictures per second: a larger number is a mistake. */
const MAX_FRAME = 10_000_000;
const MAX_ROWS = 5_000_000;
/** About the longest text that Node can hold. */
const MAX_FILE_BYTES = 500 * 1024 * 1024;
const MAX_ID = 2 ** 31 - 1;
/** Larger than any picture, and small enough for a 32-bit float to hold tenths of it. */
const MOST_PX = 1_000_000;
const SCORE = 6;
const HINT =
  "Give a MOTChallenge file: frame,id,left,top,width,height,score, separated by commas, semicolons, tabs or spaces; " +
  "frames count from 1, and a score that is not given is -1 or an empty cell.";

/**
 * Reads detections, or tracks: those need ids from 1, and rows with score 0, by which ground truth marks what does not
 * count, are left out. A row that is none raises `TRACKS_INVALID` with its line; so does a file of which no row counts.
 */
export async function readMotRows(path: string, kind: "detections" | "tracks"): Promise<MotRows> {
  const rows: number[][] = [];
  const lines = (await readText(path)).split(/\r\n|\n|\r/);
  let left = 0;
  let isFirst = true;
  for (let k = 0; k < lines.length; k++) {
    const cells = cellsOf(lines[k] ?? "");
    if (cells.every((cell) => cell === "")) continue;
    const at = { path, line: k + 1, kind };
    const isHeadings = isFirst && isHeading(cells);
    isFirst = false;
    if (isHeadings) checkHeadings(cells, at);
    if (isHeadings) continue;
    if (rows.length === MAX_ROWS) throw invalid(path, k + 1, `more than ${MAX_ROWS} rows`);
    const row = parseRow(cells, at);
    if (kind === "tracks" && row[SCORE] === 0) left++;
    else rows.push(row);
  }
  if (kind === "detections" && rows.length === 0) throw invalid(path, 1, "the file has no rows");
  if (rows.length === 0 && left > 0)
    throw invalid(path, 1, `none of ${left} rows counts: column 7 is 0 in all of them`);
  rows.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  if (kind === "tracks") refuseTwins(rows, path);
  return toArrays(rows);
}

/** Two boxes of one person in one frame: the counters would take turns between them. */
function refuseTwins(rows: readonly number[][], path: string): void {
  const ids = new Set<number>();
  let current = 0;
  for (const [frame = 0, id = 0] of rows) {
    if (frame !== current) ids.clear();
    current = frame;
    if (ids.has(id)) throw invalidFile(path, `frame ${frame} has the id ${id} twice`);
    ids.add(id);
  }
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

/** Where a row stands. */
interface Place {
  readonly path: string;
  readonly line: number;
  readonly kind: "detections" | "tracks";
}

function checkHeadings(cells: readonly string[], { path, line }: Place): void {
  const fault = headingFault(cells);
  if (fault !== undefined) throw invalid(path, line, fault);
}

/** The seven numbers that are used of a row; what follows them is not looked at. */
function parseRow(cells: readonly string[], at: Place): number[] {
  const { path, line, kind } = at;
  if (cells.length < 6) throw invalid(path, line, `${cells.length} numbers where at least 6 are needed`);
  const row = Array.from({ length: 7 }, (_, i) => numberIn(cells, i, at));
  const [frame = 0, id = 0, left = 0, top = 0, width = 0, height = 0] = row;
  if (!Number.isInteger(frame) || frame < 1 || frame > MAX_FRAME)
    throw invalid(path, line, `the frame is not 1 or more, up to ${MAX_FRAME}`);
  if (!Number.isInteger(id) || Math.abs(id) > MAX_ID) throw invalid(path, line, "the id is not a whole number");
  if (kind === "tracks" && id < 1) throw invalid(path, line, "the id of a track is not 1 or more");
  if (width <= 0 || height <= 0) throw invalid(path, line, "the box has no area");
  if ([left, top, width, height].some((side) => Math.abs(side) > MOST_PX))
    throw invalid(path, line, `the box lies beyond ${MOST_PX} pixels`);
  return row;
}

/** An id or score that is empty or left out is not given; nothing else may be. */
function numberIn(cells: readonly string[], column: number, { path, line, kind }: Place): number {
  const cell = cellOf(cells[column] ?? "");
  if (cell === undefined) throw invalid(path, line, `column ${column + 1} is not a number`);
  if (column === SCORE) return cell === "empty" || cell === NOT_GIVEN ? 1 : cell;
  if (cell !== "empty") return cell;
  if (column === 1 && kind === "detections") return NOT_GIVEN;
  throw invalid(path, line, `column ${column + 1} is empty`);
}

/** The error for a file as a whole. */
export function invalidFile(path: string, reason: string): AppError {
  return new AppError(`${path}: ${reason}`, { code: "TRACKS_INVALID", hint: HINT });
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
