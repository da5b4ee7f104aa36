/** Slots in a row, `to` excluded. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** The longest runs of slots of which `holds` is true, in order. */
export function runsOf(length: number, holds: (slot: number) => boolean): Run[] {
  const runs: Run[] = [];
  let from = -1;
  for (let slot = 0; slot <= length; slot++) {
    const isIn = slot < length && holds(slot);
    if (isIn && from < 0) from = slot;
    if (isIn || from < 0) continue;
    runs.push({ from, to: slot });
    from = -1;
  }
  return runs;
}
