/** The number of connected groups of cells that are 1; cells touch at sides and corners. */
export function blobsIn(cells: Uint8Array, columns: number, rows: number): number {
  const left = cells.slice();
  let blobs = 0;
  for (let cell = 0; cell < left.length; cell++) {
    if (left[cell] !== 1) continue;
    blobs++;
    clearFrom(left, cell, { columns, rows });
  }
  return blobs;
}

function clearFrom(left: Uint8Array, start: number, { columns, rows }: { columns: number; rows: number }): void {
  const waiting = [start];
  left[start] = 0;
  for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
    const x = cell % columns;
    const y = Math.floor(cell / columns);
    for (let j = Math.max(0, y - 1); j <= Math.min(rows - 1, y + 1); j++) {
      for (let i = Math.max(0, x - 1); i <= Math.min(columns - 1, x + 1); i++) {
        const next = j * columns + i;
        if (left[next] !== 1) continue;
        left[next] = 0;
        waiting.push(next);
      }
    }
  }
}
