/** A part of a frame, pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How a frame's three planes lie: bytes of a row, and from one plane to the next. */
export interface Layout {
  readonly stride: number;
  readonly planeBytes: number;
}

/** A sample up to this is black. */
const BLACK = 24;
/** A row or column with less than this part of it brighter is a margin. */
const CONTENT = 0.02;
/** Less than this of a side is no picture within margins but a dark one. */
const LEAST = 0.5;

/**
 * The picture within black margins, which a recording of another shape has: people come over the border of the picture, not
 * over that of the recording. A picture that is dark nearly everywhere is taken whole.
 */
export function contentBox(frame: Uint8Array, whole: Box, layout: Layout): Box {
  const { left, top, width, height } = whole;
  const rows = new Uint32Array(height);
  const columns = new Uint32Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isBright(frame, (top + y) * layout.stride + left + x, layout.planeBytes)) continue;
      rows[y]!++;
      columns[x]!++;
    }
  }
  const [firstRow, lastRow] = ends(rows, CONTENT * width);
  const [firstColumn, lastColumn] = ends(columns, CONTENT * height);
  const box = {
    left: left + firstColumn,
    top: top + firstRow,
    width: lastColumn - firstColumn + 1,
    height: lastRow - firstRow + 1,
  };
  return box.width < LEAST * width || box.height < LEAST * height ? whole : box;
}

function isBright(frame: Uint8Array, at: number, planeBytes: number): boolean {
  return frame[at]! > BLACK || frame[at + planeBytes]! > BLACK || frame[at + 2 * planeBytes]! > BLACK;
}

/** The first and the last line with at least so many. */
function ends(counts: Uint32Array, least: number): [first: number, last: number] {
  let first = 0;
  let last = counts.length - 1;
  while (first < last && counts[first]! <= least) first++;
  while (last > first && counts[last]! <= least) last--;
  return [first, last];
}
