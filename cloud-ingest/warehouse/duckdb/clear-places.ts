import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Troubles } from "../../troubles.ts";
import { type Kind, lookAt } from "./look.ts";
import { LATER_LOGS, LOG, MENDED } from "./mend-log.ts";
import { HOT, RESCUED, UNFINISHED } from "./rescue.ts";
import { DAMAGED, setAside } from "./set-aside.ts";

/** What stood where something else belongs, and was put aside. */
export interface Moved {
  readonly name: string;
  readonly kind: Kind;
  /** Where it lies now, inside the warehouse's folder. */
  readonly kept: string;
}

const LOGS: readonly string[] = [LOG, ...LATER_LOGS];
/** All that DuckDB or we open by name. */
const FILES: readonly string[] = [...LOGS, MENDED, UNFINISHED, `${UNFINISHED}.wal`, RESCUED, `${RESCUED}.wal`, HOT];
/** DuckDB's folder for what does not fit into memory. */
const SPILL = "tmp";

/**
 * Puts aside what is no file where a file is about to be opened, and no folder where a folder must be: DuckDB and we would wait for ever
 * for a named pipe, and no signal ends that. To be called before anything in the folder is opened.
 */
export async function clearPlaces(dir: string): Promise<readonly Moved[]> {
  const moved: Moved[] = [];
  // First, because the others are put into it.
  const { kind } = await lookAt(join(dir, DAMAGED));
  if (kind !== "missing" && kind !== "a folder")
    moved.push({ name: DAMAGED, kind, kept: await moveBeside(dir, DAMAGED) });
  for (const name of [...FILES, SPILL]) {
    const { kind } = await lookAt(join(dir, name));
    if (kind === "missing" || kind === (name === SPILL ? "a folder" : "a file")) continue;
    moved.push({ name, kind, kept: await setAside(dir, name, "move") });
  }
  return moved;
}

/** Says what was put aside, a log as one that was cut. */
export function sayMoved(troubles: Pick<Troubles, "raise">, moved: readonly Moved[]): void {
  for (const { name, kind, kept } of moved) {
    const subject = `warehouse/${kept}`;
    const must = name === SPILL || name === DAMAGED ? "folder" : "file";
    const text = `warehouse/${name} was ${kind} and must be a ${must}. It was put aside as ${subject}: look into it, then remove it.`;
    if (LOGS.includes(name)) troubles.raise("warehouse-log-cut", `${text} The inbox serves again what it still holds.`);
    else troubles.raise("warehouse-damaged", text, subject);
  }
}

async function moveBeside(dir: string, name: string): Promise<string> {
  let free = `${name}.in-the-way`;
  for (let number = 2; (await lookAt(join(dir, free))).kind !== "missing"; number += 1)
    free = `${name}.in-the-way.${number}`;
  await rename(join(dir, name), join(dir, free));
  return free;
}
