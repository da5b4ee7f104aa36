import { rename, rm } from "node:fs/promises";
import { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { DamageReport } from "../../firmware-config/kit/queue/damage-report.ts";
import { inheritMark } from "../../firmware-config/kit/queue/mark.ts";

/** Messages given up, ever. */
export const DROPPED_NOTE = "dropped";
/** How often the agent has started on this disk. */
export const BOOT_NUMBER_NOTE = "boot-number";
const MARKED_NOTES = [DROPPED_NOTE, BOOT_NUMBER_NOTE];
/** Most files in which the outbox lies: so what has left takes at most a part of the room that it may have. */
const FILES = 16;
const MIN_FILE_BYTES = 64 * 1024;
const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Nothing is set aside for these: another process is at work, or there is no room to begin anew. */
const NOT_DAMAGE: readonly string[] = ["STORE_LOCKED", "DISK_FULL"];

/**
 * Opens the queue in `dir`, a damaged one too: a device in a shop, with nobody near, goes on counting. A damaged place costs what
 * stood there; a folder that cannot be used at all is set aside as `dir`.damaged, of which only the last is kept, and its mark tells
 * how many messages waited in it. Either is said in the log and counted, one message where nobody knows how many.
 */
export async function openQueue(dir: string, maxBytes: number, log: Log): Promise<DurableQueue> {
  const segmentBytes = Math.min(MAX_FILE_BYTES, Math.max(MIN_FILE_BYTES, Math.ceil(maxBytes / FILES)));
  const onDamage = (report: DamageReport) => tell(report, log);
  const open = async () => {
    const queue = await DurableQueue.open(dir, { segmentBytes, markedNotes: MARKED_NOTES, onDamage });
    await queue.takeInDoubled();
    return queue;
  };
  try {
    return await open();
  } catch (error) {
    if (error instanceof AppError && NOT_DAMAGE.includes(error.code)) throw error;
    if (!(await setAside(dir, error, log))) throw error;
    const isCounted = await inheritMark(asideOf(dir), dir);
    const queue = await open();
    if (!isCounted) await noteLoss(queue, log);
    return queue;
  }
}

/** At least one: zero would say that nothing is lost. */
async function noteLoss(queue: DurableQueue, log: Log): Promise<void> {
  try {
    await queue.append([], new Map([[DROPPED_NOTE, "1"]]));
  } catch (error) {
    log.warn({ error: messageOf(error) }, "outbox cannot note the loss");
  }
}

const asideOf = (dir: string) => `${dir}.damaged`;

async function setAside(dir: string, fault: unknown, log: Log): Promise<boolean> {
  const aside = asideOf(dir);
  const code = fault instanceof AppError ? fault.code : undefined;
  try {
    await rm(aside, { recursive: true, force: true });
    await rename(dir, aside);
  } catch {
    return false;
  }
  log.error(
    { code, error: messageOf(fault), aside },
    "outbox cannot be used and is set aside; its messages are lost unless somebody rescues them",
  );
  return true;
}

function tell({ kind, ...fields }: DamageReport, log: Log): void {
  if (kind === "damaged") log.error(fields, "outbox was damaged; the messages that stood there are lost");
  else if (kind === "doubled")
    log.error(fields, "the outbox holds files of two branches of it; those of one are sent again");
  else if (kind === "unreadable") log.error(fields, "a file of the outbox cannot be read and is set aside");
  else log.warn(fields, "outbox ended in a torn write, which is set aside");
}
