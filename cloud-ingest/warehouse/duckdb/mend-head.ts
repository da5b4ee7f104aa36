import { open } from "node:fs/promises";
import { checksumOf } from "./checksum.ts";

/** DuckDB's file begins with a main header and two that are written in turn, each in a block of its own behind its checksum. */
const BLOCK_BYTES = 4096;
const CHECKSUM_BYTES = 8;
const MAIN = 0;
const TURNS = [1, 2] as const;

/**
 * Puts a sound header in place of a damaged one: the main header of `template`, a file that the same DuckDB has just made, or the
 * other of the two that are written in turn. Then the file may be in the state before its last checkpoint, and `isOlder` is true.
 */
export async function mendHead(file: string, template: string): Promise<{ readonly isOlder: boolean }> {
  const head = await headOf(file);
  const bad = [MAIN, ...TURNS].filter((index) => !isSound(blockOf(head, index)));
  const [one, other] = TURNS;
  if (bad.length === 0 || (bad.includes(one) && bad.includes(other))) return { isOlder: false };
  const sound = await headOf(template);
  for (const index of bad) blockOf(index === MAIN ? sound : head, replacementOf(index)).copy(blockOf(head, index));
  const handle = await open(file, "r+");
  try {
    await handle.write(head, 0, head.length, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { isOlder: bad.some((index) => index !== MAIN) };
}

const replacementOf = (index: number) => (index === MAIN ? MAIN : TURNS[0] + TURNS[1] - index);

const blockOf = (head: Buffer, index: number) => head.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);

function isSound(block: Buffer): boolean {
  return checksumOf(block.subarray(CHECKSUM_BYTES)) === block.readBigUInt64LE(0);
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const head = Buffer.alloc((TURNS.length + 1) * BLOCK_BYTES);
    await handle.read(head, 0, head.length, 0);
    return head;
  } finally {
    await handle.close();
  }
}
