import { Assignment } from "../../tracker/assignment.ts";
import { type Boxes, type FrameRows, frameRows, overlaps } from "./boxes.ts";

/** The three figures by which trackers are compared, and the identity switches. */
export interface MotScore {
  readonly hota: number;
  readonly idf1: number;
  readonly mota: number;
  readonly switches: number;
}

const MATCH_IOU = 0.5;
const ALPHAS = Array.from({ length: 19 }, (_, k) => 0.05 * (k + 1));
const APART = 1e3;

/** Frame by frame, what is there and what was found, with their overlaps. */
interface Pair {
  readonly g: FrameRows;
  readonly r: FrameRows;
  readonly iou: Float64Array;
}

/** The same figures as `../shared/tools/mot_eval.py`: CLEAR-MOT, IDF1 and HOTA (Luiten et al. 2020) at an overlap of one half. */
export function motScore(truth: Boxes, result: Boxes): MotScore {
  const pairs = pairFrames(truth, result);
  const g = numberIds(truth);
  const r = numberIds(result);
  return { ...clear(pairs, { g, r }), idf1: idf1(pairs, { g, r }), hota: hota(pairs, { g, r }) };
}

interface Numbered {
  /** Number of the id of each row, from 0, and how often each occurs. */
  readonly index: Int32Array;
  readonly counts: Int32Array;
}

interface Both {
  readonly g: Numbered;
  readonly r: Numbered;
}

function numberIds({ count, ids }: Boxes): Numbered {
  const numbers = new Map<number, number>();
  const index = Int32Array.from({ length: count }, (_, i) => {
    const number = numbers.get(ids[i]!) ?? numbers.size;
    numbers.set(ids[i]!, number);
    return number;
  });
  const counts = new Int32Array(numbers.size);
  for (const number of index) counts[number]!++;
  return { index, counts };
}

function pairFrames(truth: Boxes, result: Boxes): Pair[] {
  const empty = (frame: number) => ({ frame, from: 0, to: 0 });
  const ofTruth = new Map(frameRows(truth).map((rows) => [rows.frame, rows]));
  const ofResult = new Map(frameRows(result).map((rows) => [rows.frame, rows]));
  const frames = [...new Set([...ofTruth.keys(), ...ofResult.keys()])].sort((a, b) => a - b);
  return frames.map((frame) => {
    const g = ofTruth.get(frame) ?? empty(frame);
    const r = ofResult.get(frame) ?? empty(frame);
    return { g, r, iou: overlaps(truth, g, result, r) };
  });
}

const tables = new Map<string, Assignment>();

/** The cheapest one-to-one pairs of `rows` and `columns`; column of each row, -1 = none. */
function assign(rows: number, columns: number, costOf: (i: number, j: number) => number): Int32Array {
  const size = (n: number) => 2 ** Math.ceil(Math.log2(n + 1));
  const key = `${size(rows)} ${size(columns)}`;
  const solver = tables.get(key) ?? new Assignment(size(rows), size(columns));
  tables.set(key, solver);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) solver.costs[i * columns + j] = costOf(i, j);
  solver.solve(rows, columns);
  return solver.columnOfRow;
}

function clear(pairs: readonly Pair[], { g, r }: Both): Pick<MotScore, "mota" | "switches"> {
  const last = new Int32Array(g.counts.length).fill(-1);
  let switches = 0;
  let matched = 0;
  for (const pair of pairs) {
    for (const [i, j] of clearMatches(pair, { g, r }, last)) {
      const person = g.index[i]!;
      if (last[person] !== -1 && last[person] !== r.index[j]!) switches++;
      last[person] = r.index[j]!;
      matched++;
    }
  }
  const wrong = g.index.length - matched + (r.index.length - matched) + switches;
  return { mota: 1 - wrong / Math.max(1, g.index.length), switches };
}

/** Who was matched before stays so, if the boxes still overlap; the others are matched at the least cost. */
function clearMatches({ g: rows, r: found, iou }: Pair, { g, r }: Both, last: Int32Array): [number, number][] {
  const columns = found.to - found.from;
  const overlap = (i: number, j: number) => iou[(i - rows.from) * columns + j - found.from]!;
  const matches: [number, number][] = [];
  const open: number[] = [];
  const used = new Set<number>();
  for (let i = rows.from; i < rows.to; i++) {
    let kept = -1;
    for (let j = found.from; j < found.to && kept === -1; j++) {
      if (r.index[j] === last[g.index[i]!] && !used.has(j) && overlap(i, j) >= MATCH_IOU) kept = j;
    }
    if (kept === -1) open.push(i);
    else matches.push([i, kept]);
    if (kept !== -1) used.add(kept);
  }
  const free: number[] = [];
  for (let j = found.from; j < found.to; j++) if (!used.has(j)) free.push(j);
  if (open.length === 0 || free.length === 0) return matches;
  const costOf = (a: number, b: number) => {
    const value = overlap(open[a]!, free[b]!);
    return value >= MATCH_IOU ? 1 - value : APART;
  };
  const columnOf = assign(open.length, free.length, costOf);
  for (let a = 0; a < open.length; a++) {
    const b = columnOf[a]!;
    if (b >= 0 && costOf(a, b) < APART) matches.push([open[a]!, free[b]!]);
  }
  return matches;
}

function idf1(pairs: readonly Pair[], { g, r }: Both): number {
  const wide = r.counts.length;
  const together = new Float64Array(g.counts.length * wide);
  forEach(pairs, (i, j, value) => {
    if (value >= MATCH_IOU) together[g.index[i]! * wide + r.index[j]!]!++;
  });
  if (together.length === 0) return 0;
  const columnOf = assign(g.counts.length, wide, (a, b) => -together[a * wide + b]!);
  let agreed = 0;
  for (let a = 0; a < g.counts.length; a++) if (columnOf[a]! >= 0) agreed += together[a * wide + columnOf[a]!]!;
  return (2 * agreed) / (g.index.length + r.index.length);
}

function forEach(pairs: readonly Pair[], visit: (i: number, j: number, iou: number) => void): void {
  for (const { g, r, iou } of pairs) {
    let k = 0;
    for (let i = g.from; i < g.to; i++) for (let j = r.from; j < r.to; j++) visit(i, j, iou[k++]!);
  }
}

/** How well each true identity goes with each found one over the whole film, 0..1. */
function alignment(pairs: readonly Pair[], { g, r }: Both): Float64Array {
  const wide = r.counts.length;
  const shared = new Float64Array(g.counts.length * wide);
  for (const pair of pairs) {
    const { rowSums, columnSums } = sums(pair);
    const columns = pair.r.to - pair.r.from;
    for (let k = 0; k < pair.iou.length; k++) {
      const i = Math.floor(k / columns);
      const j = k % columns;
      const both = rowSums[i]! + columnSums[j]! - pair.iou[k]!;
      if (both > 1e-9) shared[g.index[pair.g.from + i]! * wide + r.index[pair.r.from + j]!]! += pair.iou[k]! / both;
    }
  }
  return shared.map((value, k) => value / (g.counts[Math.floor(k / wide)]! + r.counts[k % wide]! - value));
}

function sums({ g, r, iou }: Pair) {
  const columns = r.to - r.from;
  const rowSums = new Float64Array(g.to - g.from);
  const columnSums = new Float64Array(columns);
  for (let k = 0; k < iou.length; k++) {
    rowSums[Math.floor(k / columns)]! += iou[k]!;
    columnSums[k % columns]! += iou[k]!;
  }
  return { rowSums, columnSums };
}

function hota(pairs: readonly Pair[], { g, r }: Both): number {
  const wide = r.counts.length;
  if (wide === 0 || g.counts.length === 0) return 0;
  const align = alignment(pairs, { g, r });
  const together = ALPHAS.map(() => new Float64Array(g.counts.length * wide));
  const hits = new Float64Array(ALPHAS.length);
  for (const pair of pairs) {
    const rows = pair.g.to - pair.g.from;
    const columns = pair.r.to - pair.r.from;
    if (rows === 0 || columns === 0) continue;
    const cell = (a: number, b: number) => g.index[pair.g.from + a]! * wide + r.index[pair.r.from + b]!;
    const columnOf = assign(rows, columns, (a, b) => -align[cell(a, b)]! * pair.iou[a * columns + b]!);
    for (let a = 0; a < rows; a++) {
      const b = columnOf[a]!;
      if (b < 0) continue;
      for (let k = 0; k < ALPHAS.length && pair.iou[a * columns + b]! >= ALPHAS[k]! - 1e-12; k++) {
        hits[k]!++;
        together[k]![cell(a, b)]!++;
      }
    }
  }
  const values = together.map((counts, k) => hotaAt(counts, hits[k]!, { g, r }));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function hotaAt(together: Float64Array, hits: number, { g, r }: Both): number {
  const wide = r.counts.length;
  let association = 0;
  for (let k = 0; k < together.length; k++) {
    const both = together[k]!;
    if (both === 0) continue;
    association += (both * both) / Math.max(1, g.counts[Math.floor(k / wide)]! + r.counts[k % wide]! - both);
  }
  const all = g.index.length + r.index.length - hits;
  return Math.sqrt((association / Math.max(1, hits)) * (hits / Math.max(1, all)));
}
