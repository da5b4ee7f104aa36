const made = new Map<number, Float64Array>();

/** What a date counts by its age in whole days, `0.5 ** (age / halfLife)`, for ages below `ages` at least; kept, as a power costs more than what it weighs. */
export function decayOf(halfLife: number, ages: number): Float64Array {
  const known = made.get(halfLife);
  if (known && known.length >= ages) return known;
  const table = Float64Array.from({ length: 2 * ages }, (_, age) => 0.5 ** (age / halfLife));
  made.set(halfLife, table);
  return table;
}
