import type { HealthRow } from "../../warehouse/alert-port.ts";
import type { HealthReading } from "./reading.ts";
import { subjectKey } from "./subject.ts";

/** For how long starts of the agent are remembered. */
const BOOTS_MS = 60 * 60_000;
/** Two devices with one identity change places each minute: so many are enough to tell. */
const MOST_BOOTS = 64;

interface Boot {
  readonly bootId: string;
  readonly atMs: number;
  /** False for the first one heard: it may have run for long. */
  readonly isStart: boolean;
}

interface Known {
  last: HealthRow;
  before: HealthRow | undefined;
  /** In the order of receipt; the same one in a row once, as it began. */
  boots: Boot[];
}

/** Remembers the last health of each device: so much for each that memory does not grow with time. */
export class HealthMemory {
  readonly #known = new Map<string, Known>();

  /** Takes rows in the order of receipt; what was taken before changes nothing. What comes from a backlog says nothing of now. */
  see(rows: readonly HealthRow[]): void {
    for (const row of rows) if (!row.historical) this.#take(row);
  }

  of(subject: { readonly tenant: string; readonly store: string; readonly device: string }): HealthReading | undefined {
    const known = this.#known.get(subjectKey(subject));
    if (!known) return undefined;
    const { last, before, boots } = known;
    const sinceMs = Date.parse(last.receivedAt) - BOOTS_MS;
    const recent = boots.filter(({ atMs }) => atMs >= sinceMs);
    return {
      last,
      ...(before && before.bootId === last.bootId && { before }),
      restarts: new Set(recent.filter(({ isStart }) => isStart).map(({ bootId }) => bootId)).size,
      bootReturns: returnsOf(recent),
    };
  }

  #take(row: HealthRow): void {
    const key = subjectKey(row);
    const known = this.#known.get(key);
    const atMs = Date.parse(row.receivedAt);
    if (!known) {
      this.#known.set(key, { last: row, before: undefined, boots: [] });
      return;
    }
    const { last } = known;
    const lastMs = Date.parse(last.receivedAt);
    const isSame = row.bootId === last.bootId && row.seq <= last.seq;
    if (isSame || atMs < lastMs) return;
    if (row.bootId !== last.bootId) {
      if (known.boots.length === 0) known.boots.push({ bootId: last.bootId, atMs: lastMs, isStart: false });
      known.boots = [...known.boots, { bootId: row.bootId, atMs, isStart: true }].slice(-MOST_BOOTS);
    }
    known.before = last;
    known.last = row;
  }
}

/** How often a boot came back after another one. */
function returnsOf(boots: readonly Boot[]): number {
  const seen = new Set<string>();
  let returns = 0;
  for (const { bootId } of boots) {
    if (seen.has(bootId)) returns += 1;
    seen.add(bootId);
  }
  return returns;
}
