import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a piece of work took: on a machine that others use too, the time of the processors tells more than that of the clock. */
export interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export async function spentOn(work: () => Promise<unknown>): Promise<Spent> {
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1000 };
}

/** The least of some rounds, which other load disturbed least. */
export async function leastOf(rounds: number, work: () => Promise<unknown>): Promise<Spent> {
  let least: Spent = { wallMs: Number.POSITIVE_INFINITY, cpuMs: Number.POSITIVE_INFINITY };
  for (let round = 0; round < rounds; round++) {
    const { wallMs, cpuMs } = await spentOn(work);
    least = { wallMs: Math.min(least.wallMs, wallMs), cpuMs: Math.min(least.cpuMs, cpuMs) };
  }
  return least;
}

export const spentText = ({ wallMs, cpuMs }: Spent) => `${wallMs.toFixed(0)} ms (CPU ${cpuMs.toFixed(0)} ms)`;

export async function inTempDir<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-bench-"));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
