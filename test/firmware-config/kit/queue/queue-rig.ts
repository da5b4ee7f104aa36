import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { DurableQueue, type QueueOptions } from "../../../../firmware-config/kit/durable-queue.ts";
import type { DamageReport } from "../../../../firmware-config/kit/queue/damage-report.ts";
import { tempDir } from "../../../support/temp-dir.ts";

export const value = (id: number) => Buffer.from(`value ${id} ${"x".repeat(id % 50)}`);
export const segmentsOf = async (dir: string) => (await readdir(dir)).filter((name) => name.endsWith(".seg")).sort();

export async function opened(dir: string, options: QueueOptions = {}) {
  const reports: DamageReport[] = [];
  const queue = await DurableQueue.open(dir, { ...options, onDamage: (report) => reports.push(report) });
  return { queue, reports };
}

/** Ids that read as they were appended, and those that read as damaged. */
export async function contentOf(queue: DurableQueue) {
  const entries = await queue.read(0, 1e6);
  const good = entries.filter((entry) => !entry.damaged);
  for (const { id, value: read } of good) expect(Buffer.from(read)).toEqual(value(id));
  return { good: good.map(({ id }) => id), damaged: entries.filter((entry) => entry.damaged).map(({ id }) => id) };
}

export const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export interface Filling {
  readonly count: number;
  readonly perAppend?: number;
  readonly mark?: boolean;
  readonly options?: QueueOptions;
}

/** `count` entries, `perAppend` in each append, with a note at each when `mark` is true. */
export async function filled(dir: string, { count, perAppend = 1, mark = false, options = {} }: Filling) {
  const { queue } = await opened(dir, options);
  for (let id = 1; id <= count; id += perAppend) {
    const ids = range(id, Math.min(count, id + perAppend - 1));
    await queue.append(ids.map(value), mark ? new Map([["last", String(ids.at(-1))]]) : new Map());
  }
  return queue;
}

export async function copyOf(dir: string): Promise<string> {
  const copy = join(await tempDir(), "copy");
  await cp(dir, copy, { recursive: true });
  return copy;
}
