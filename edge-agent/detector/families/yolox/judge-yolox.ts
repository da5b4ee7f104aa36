import type { BoxReading } from "../../model.ts";
import { implausibleBoxes, neverChanges, notFinite, notProbabilities } from "../../probe/common-faults.ts";
import { peopleElsewhere } from "../../probe/people-place.ts";
import { PEOPLE } from "../../probe/scene.ts";
import { type FrameSize, type ProbeOutput, refusal, type Verdict } from "../../probe/verdict.ts";
import { type Box, createYoloxGrid, OBJECTNESS, PERSON, readBox, type YoloxGrid } from "./decode-yolox.ts";

/**
 * Share of a centre's variance that its cell explains (r squared). YOLOX-nano on the probe's pictures: raw at most 0.054,
 * decoded at least 0.988; between the two bounds lies what is neither.
 */
const RAW_AT_MOST = 0.5;
const DECODED_AT_LEAST = 0.9;
/** Pixels that a decoded centre moves for each pixel of its cell: 0.976 to 0.997 for YOLOX-nano. */
const PIXEL_SLOPE = { least: 0.8, most: 1.25 } as const;
/** A raw centre lies so many cells from its own at most, at the median; the furthest of YOLOX-nano lies 4.1 away. */
const MOST_CELLS_OFF = 4;
/** Another class is so sure of the drawn people, and person so unsure, only when the classes stand in another order. */
const OTHER_AT_LEAST = 0.5;
const PERSON_AT_MOST = 0.05;

const shown = (value: number) => String(Number(value.toPrecision(2)));

/** Judges the one output of the `yolox` family; `columns` = numbers in a row. */
export function judgeYolox(outputs: readonly ProbeOutput[], frame: FrameSize, columns: number): Verdict {
  const grid = createYoloxGrid(frame.width, frame.height);
  const pictures = outputs.map(({ values }) => Object.values(values)[0] ?? new Float32Array());
  const fault = notFinite(outputs) ?? scoreFault(pictures, columns) ?? neverChanges(outputs);
  if (fault !== undefined) return refusal(fault);
  const reading = readingOf(pictures, grid, columns);
  if (!reading.ok) return refusal(reading.reason);
  const boxes = pictures.flatMap((values) => boxesOf(values, grid, reading.boxes));
  const odd = implausibleBoxes(boxes, frame);
  const read = reading.boxes === "grid" ? "relative to their cells" : "in pixels";
  if (odd !== undefined) return refusal(`${odd} (boxes read as ${read})`);
  const people = pictures[outputs.findIndex(({ picture }) => picture === PEOPLE)] ?? new Float32Array();
  const best = bestOf(people, columns);
  const { person } = best;
  const taken = otherClass(best);
  if (taken !== undefined) return refusal(taken);
  const box = boxesOf(people, grid, reading.boxes)[person.row] ?? [];
  const elsewhere = peopleElsewhere({ score: person.score, box }, frame);
  if (elsewhere !== undefined) return refusal(`${elsewhere} (boxes read as ${read})`);
  return { ok: true, boxes: reading.boxes, drawnPeopleScore: person.score };
}

function scoreFault(pictures: readonly Float32Array[], columns: number): string | undefined {
  const at = (matches: (column: number) => boolean) =>
    pictures.flatMap((values) => [...values.filter((_, i) => matches(i % columns))]);
  return (
    notProbabilities(
      `objectness scores (column ${OBJECTNESS + 1})`,
      at((column) => column === OBJECTNESS),
    ) ??
    notProbabilities(
      `class scores (columns from ${PERSON + 1})`,
      at((column) => column >= PERSON),
    )
  );
}

type Reading = { readonly ok: true; readonly boxes: BoxReading } | { readonly ok: false; readonly reason: string };

/** Raw centres do not know of their cell; decoded ones follow it, pixel for pixel. */
function readingOf(pictures: readonly Float32Array[], grid: YoloxGrid, columns: number): Reading {
  const across = fitOf(pictures, { columns, column: 0, cellPx: (i) => (grid.columns[i]! + 0.5) * grid.strides[i]! });
  const down = fitOf(pictures, { columns, column: 1, cellPx: (i) => (grid.rows[i]! + 0.5) * grid.strides[i]! });
  const fits = [across, down];
  if (fits.every(({ explained }) => explained <= RAW_AT_MOST)) return rawReading(pictures, columns);
  const { least, most } = PIXEL_SLOPE;
  if (fits.every(({ explained, slope }) => explained >= DECODED_AT_LEAST && slope >= least && slope <= most))
    return { ok: true, boxes: "pixels" };
  const seen =
    `centres move by ${shown(across.slope)} and ${shown(down.slope)} for each pixel of their cells ` +
    `(r squared ${shown(across.explained)} and ${shown(down.explained)})`;
  const expected = "by 0 (not decoded) or by 1 (decoded to pixels) is expected";
  return { ok: false, reason: `its boxes are in another unit or order: ${seen}; ${expected}` };
}

function rawReading(pictures: readonly Float32Array[], columns: number): Reading {
  const offs = pictures
    .flatMap((values) => [...values.filter((_, i) => i % columns < 2)])
    .map((value) => Math.abs(value - 0.5))
    .toSorted((a, b) => a - b);
  const middle = offs[Math.floor(offs.length / 2)] ?? 0;
  if (middle <= MOST_CELLS_OFF) return { ok: true, boxes: "grid" };
  const expected = `at most ${MOST_CELLS_OFF} are expected of boxes that are not decoded`;
  return { ok: false, reason: `its boxes lie ${shown(middle)} cells from their own; ${expected}` };
}

/** Least squares of one column over the place of its cell, over all pictures. */
function fitOf(
  pictures: readonly Float32Array[],
  { columns, column, cellPx }: { columns: number; column: number; cellPx: (row: number) => number },
): { slope: number; explained: number } {
  const points = pictures.flatMap((values) =>
    Array.from({ length: values.length / columns }, (_, i) => [cellPx(i), values[i * columns + column]!] as const),
  );
  const mean = (pick: 0 | 1) => points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let [xx, yy, xy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
    xy += (x - meanX) * (y - meanY);
  }
  return { slope: xx > 0 ? xy / xx : 0, explained: xx > 0 && yy > 0 ? (xy * xy) / (xx * yy) : 0 };
}

function boxesOf(values: Float32Array, grid: YoloxGrid, boxes: BoxReading): Box[] {
  return Array.from(grid.strides, (_, i) => readBox({ grid, values, boxes }, i, [0, 0, 0, 0]));
}

interface Best {
  readonly person: { score: number; row: number };
  readonly other: { score: number; class: number };
}

/** The surest row for class 0, and the surest of all other classes. */
function bestOf(values: Float32Array, columns: number): Best {
  const best: Best = { person: { score: 0, row: 0 }, other: { score: 0, class: 0 } };
  for (let row = 0, at = 0; at + columns <= values.length; row++, at += columns) {
    const person = values[at + OBJECTNESS]! * values[at + PERSON]!;
    if (person > best.person.score) Object.assign(best.person, { score: person, row });
    for (let column = PERSON + 1; column < columns; column++) {
      const score = values[at + OBJECTNESS]! * values[at + column]!;
      if (score > best.other.score) Object.assign(best.other, { score, class: column - PERSON });
    }
  }
  return best;
}

/** Says so when the drawn people are not persons to the model, but surely something else. */
function otherClass({ person, other }: Best): string | undefined {
  if (other.score < OTHER_AT_LEAST || person.score > PERSON_AT_MOST) return undefined;
  return `it takes ${PEOPLE} for class ${other.class} (score ${shown(other.score)}, class 0: ${shown(person.score)}); person must be class 0`;
}
