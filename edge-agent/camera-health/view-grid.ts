import type { Letterbox } from "../camera/letterbox.ts";

/** Cells along the longer side of a picture, whatever the model's size: a reference stays good when the model changes. */
const LONG_SIDE = 32;
/** Points along the longer side: enough for a cell to hold structure, few enough for the cost to be none. */
const LONG_POINTS = 192;
/** Cells along the side of a block. */
const BLOCK_CELLS = 4;

/** How one camera's picture is divided: points (means of a few pixels), in cells, in blocks. */
export interface ViewGrid {
  /** Where the picture lies in the frame, pixels. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Pixels along the side of a point. */
  readonly step: number;
  readonly pointColumns: number;
  readonly pointRows: number;
  readonly columns: number;
  readonly rows: number;
  readonly blockColumns: number;
  readonly blockRows: number;
  /** The cell of a point column, of a point row; the block of a cell. */
  readonly columnOf: Uint8Array;
  readonly rowOf: Uint8Array;
  readonly blockOf: Uint8Array;
  /** Points in each cell. */
  readonly points: Float32Array;
}

/** The grid of a picture that lies so in its frame; a picture of a few pixels has a few cells, one at least. */
export function viewGridOf({
  left,
  top,
  width,
  height,
}: Pick<Letterbox, "left" | "top" | "width" | "height">): ViewGrid {
  const long = Math.max(width, height);
  const step = Math.max(1, Math.round(long / LONG_POINTS));
  const pointColumns = Math.max(1, Math.floor(width / step));
  const pointRows = Math.max(1, Math.floor(height / step));
  const columns = Math.min(pointColumns, Math.max(1, Math.round((LONG_SIDE * width) / long)));
  const rows = Math.min(pointRows, Math.max(1, Math.round((LONG_SIDE * height) / long)));
  const blockColumns = Math.max(1, Math.floor(columns / BLOCK_CELLS));
  const blockRows = Math.max(1, Math.floor(rows / BLOCK_CELLS));
  const columnOf = shareOut(pointColumns, columns);
  const rowOf = shareOut(pointRows, rows);
  const blockColumnOf = shareOut(columns, blockColumns);
  const blockRowOf = shareOut(rows, blockRows);
  const blockOf = Uint8Array.from(
    { length: columns * rows },
    (_, cell) => blockRowOf[Math.floor(cell / columns)]! * blockColumns + blockColumnOf[cell % columns]!,
  );
  const points = new Float32Array(columns * rows);
  for (const row of rowOf) for (const column of columnOf) points[row * columns + column]!++;
  const place = { left, top, width, height, step, pointColumns, pointRows, columns, rows, blockColumns, blockRows };
  return { ...place, columnOf, rowOf, blockOf, points };
}

/** Divides `count` things among `parts` in order, as evenly as it goes. */
function shareOut(count: number, parts: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => Math.floor((at * parts) / count));
}
