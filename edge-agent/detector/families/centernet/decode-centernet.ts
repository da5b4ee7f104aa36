import type { Candidates } from "../../candidates.ts";

/** Maps of `rows` x `columns` cells of `stride` pixels, plane by plane. */
export interface CenternetMaps {
  /** Person is its first plane. */
  readonly heat: Float32Array;
  /** Widths, then heights, in cells. */
  readonly sizes: Float32Array;
  /** How far a centre lies to the right of its cell's corner, then how far below, in cells. */
  readonly offsets: Float32Array;
  readonly columns: number;
  readonly rows: number;
  readonly stride: number;
  /** True when the heat is logits, as the authors' own network gives it. */
  readonly isLogit: boolean;
}

/** Collects a person for each cell that is no colder than its eight neighbours; false when a number that is used is not finite. */
export function decodeCenternet(maps: CenternetMaps, minScore: number, found: Candidates): boolean {
  const { heat, sizes, offsets, columns, rows, stride, isLogit } = maps;
  const cells = columns * rows;
  let zero = 0;
  for (let i = 0; i < cells; i++) {
    const warmth = heat[i]!;
    for (let plane = 0; plane < 2; plane++) zero += sizes[plane * cells + i]! * 0 + offsets[plane * cells + i]! * 0;
    zero += warmth * 0;
    const score = isLogit ? 1 / (1 + Math.exp(-warmth)) : warmth;
    if (!(score >= minScore) || !found.wants(score) || !isPeak(maps, i)) continue;
    const x = ((i % columns) + offsets[i]!) * stride;
    const y = (Math.floor(i / columns) + offsets[cells + i]!) * stride;
    const halfWidth = (sizes[i]! * stride) / 2;
    const halfHeight = (sizes[cells + i]! * stride) / 2;
    found.add(score, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
  }
  return zero === 0;
}

/** Of neighbours that are equally warm the first is the peak. */
function isPeak({ heat, columns, rows }: CenternetMaps, i: number): boolean {
  const [column, row] = [i % columns, Math.floor(i / columns)];
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
      const other = y * columns + x;
      if (heat[other]! > heat[i]! || (heat[other] === heat[i] && other < i)) return false;
    }
  }
  return true;
}
