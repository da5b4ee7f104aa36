import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encode, type QueueRecord, sizeOf } from "../../../../firmware-config/kit/queue/record.ts";
import { createSegment } from "../../../../firmware-config/kit/queue/segment.ts";

/** Writes a file into the folder of a queue that no version of ours did: whole, but its state is none. So the folder cannot be opened. */
export async function breakFolder(dir: string): Promise<void> {
  const segment = createSegment(99_999_999, 1_000_000);
  const record: QueueRecord = { type: "snapshot", id: segment.firstId - 1, text: "no state" };
  const bytes = Buffer.alloc(sizeOf(record));
  encode(record, bytes, 0, segment.salt);
  await writeFile(join(dir, segment.name), bytes);
}
