import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { storageError } from "../../firmware-config/kit/storage-error.ts";

/**
 * Opens the queue in `dir`, a damaged one too: a device in a shop, with nobody near, goes on counting. It is rebuilt from what
 * can be read, with the rest in `lost/`, or else set aside as `dir`.damaged; of either only the last is kept. Both are said as
 * errors in the log.
 */
export async function openQueue(dir: string, log: Log): Promise<DurableQueue> {
  try {
    return await DurableQueue.open(dir);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "STORE_CORRUPT")) throw error;
    return (await repaired(dir, error, log)) ?? (await replaced(dir, error, log));
  }
}

async function repaired(dir: string, fault: AppError, log: Log): Promise<DurableQueue | undefined> {
  try {
    await rm(join(dir, "lost"), { recursive: true, force: true });
    await DurableQueue.repair(dir);
    const queue = await DurableQueue.open(dir);
    const fields = { code: fault.code, error: fault.message, saved: queue.stats().depth, rest: join(dir, "lost") };
    log.error(fields, "outbox was damaged and is repaired; messages may be lost");
    return queue;
  } catch (error) {
    log.error({ error: messageOf(error) }, "outbox cannot be repaired");
    return undefined;
  }
}

async function replaced(dir: string, fault: AppError, log: Log): Promise<DurableQueue> {
  const aside = `${dir}.damaged`;
  try {
    await rm(aside, { recursive: true, force: true });
    await rename(dir, aside);
  } catch (error) {
    throw storageError(error, dir);
  }
  const fields = { code: fault.code, error: fault.message, aside };
  log.error(fields, "outbox was damaged and is set aside; its messages are lost unless somebody rescues them");
  return DurableQueue.open(dir);
}
