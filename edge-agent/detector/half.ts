/**
 * 16-bit floats (IEEE 754 binary16) by their bits, since Node 20 has no array of them: 5 bits of exponent, 10 of fraction; the
 * exponent 0 is without the hidden 1, 31 is infinite or none.
 */
function floatOf(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let floats: Float32Array | undefined;

/** The number of each of the 65,536 patterns; made at the first call. */
export function halfTable(): Float32Array {
  floats ??= Float32Array.from({ length: 65_536 }, (_, bits) => floatOf(bits));
  return floats;
}

/** The bits of the nearest 16-bit float; of two that are as near, the one whose last bit is 0. */
export function halfOf(value: number): number {
  const table = halfTable();
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  // Positive patterns are in the order of their numbers.
  let [low, high] = [0, 0x7bff];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (table[middle]! <= size) low = middle;
    else high = middle - 1;
  }
  const next = low === 0x7bff ? 65_536 : table[low + 1]!;
  const [below, above] = [size - table[low]!, next - size];
  const isUp = above < below || (above === below && (low & 1) === 1);
  return sign | (low + (isUp ? 1 : 0));
}
