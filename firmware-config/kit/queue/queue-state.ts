import { type IdRange, IdRanges } from "./id-ranges.ts";
import type { StateRecord } from "./record.ts";

/** What a commit changes. */
export interface StateChange {
  readonly removed: readonly IdRange[];
  /** Small named texts; an empty one is removed. */
  readonly notes: ReadonlyMap<string, string>;
}

interface StateJson {
  readonly removed: readonly IdRange[];
  readonly notes: readonly (readonly [string, string])[];
  /** In a snapshot: name of the file before this one, none for the first. */
  readonly after?: string;
}

/** Which entries have left, and the notes: what a queue knows beside its entries. */
export class QueueState {
  readonly notes = new Map<string, string>();
  readonly removed = new IdRanges();

  apply({ removed, notes }: StateChange): void {
    for (const [from, to] of removed) this.removed.add(from, to);
    for (const [key, text] of notes) {
      if (text === "") this.notes.delete(key);
      else this.notes.set(key, text);
    }
  }

  /** All of it as a text, for the head of the file that comes after that one. */
  snapshot(after?: string): string {
    const json: StateJson = {
      removed: this.removed.list(),
      notes: [...this.notes],
      ...(after !== undefined && { after }),
    };
    return JSON.stringify(json);
  }
}

/** The file that a snapshot names as the one before its own; undefined for no snapshot, or one that names none. */
export function afterOf(snapshot: string | undefined): string | undefined {
  const { after }: Pick<StateJson, "after"> = JSON.parse(snapshot ?? "{}");
  return after;
}

/** The text of a `commit` record. */
export function textOf({ removed, notes }: StateChange): string {
  const json: StateJson = { removed, notes: [...notes] };
  return JSON.stringify(json);
}

/** Builds the state up from records in their order: from the last snapshot on, or from nothing when there is none. */
export function stateFrom(records: readonly StateRecord[]): QueueState {
  const state = new QueueState();
  const from = records.findLastIndex(({ type }) => type === "snapshot");
  for (const { text } of records.slice(Math.max(0, from))) {
    const { removed, notes }: StateJson = JSON.parse(text);
    state.apply({ removed, notes: new Map(notes) });
  }
  return state;
}
