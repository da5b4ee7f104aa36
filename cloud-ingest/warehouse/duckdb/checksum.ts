const MASK = 0xffff_ffff_ffff_ffffn;
const WORD_FACTOR = 0xbf58_476d_1ce4_e5b9n;
const REST_FACTOR = 0xc6a4_a793_5bd1_e995n;
const REST_SEED = 0xe17a_1465n;
const REST_SHIFT = 47n;
const SEED = 5381n;

/**
 * DuckDB's checksum of a block, a header or an entry of its log, 64 bits (`src/common/checksum.cpp` of DuckDB 1.5: each whole
 * little-endian word by one factor, the 1-7 bytes behind them as MurmurHash64A).
 */
export function checksumOf(bytes: Buffer): bigint {
  const whole = bytes.length - (bytes.length % 8);
  let sum = SEED;
  for (let at = 0; at < whole; at += 8) sum ^= BigInt.asUintN(64, bytes.readBigUInt64LE(at) * WORD_FACTOR);
  return whole === bytes.length ? sum : sum ^ checksumOfRest(bytes.subarray(whole));
}

function checksumOfRest(rest: Buffer): bigint {
  let hash = REST_SEED ^ ((BigInt(rest.length) * REST_FACTOR) & MASK);
  for (let at = rest.length - 1; at >= 0; at -= 1) hash ^= BigInt(rest[at] ?? 0) << BigInt(8 * at);
  hash = (hash * REST_FACTOR) & MASK;
  hash ^= hash >> REST_SHIFT;
  hash = (hash * REST_FACTOR) & MASK;
  return hash ^ (hash >> REST_SHIFT);
}
