import type { AlertRow } from "../../warehouse/alert-port.ts";
import { covers, type Subject } from "./subject.ts";

/**
 * What a person can say: `ack`: somebody acts on it; `false`: it was none; `silence`: tell nobody until then; `unsilence`: do again;
 * `closed`: the shop was closed, so nothing there is a fault.
 */
export const WORDS = ["ack", "false", "silence", "unsilence", "closed"] as const;
export type WordKind = (typeof WORDS)[number];

export interface Word {
  readonly wordId: string;
  readonly word: WordKind;
  readonly saidMs: number;
  readonly saidBy: string;
  readonly note: string;
  /** Empty parts are any. */
  readonly subject: Subject;
  /** Of one alert alone; empty: of whatever the subject has. */
  readonly alertId: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What people said, asked for at an instant. */
export class Words {
  readonly #words: readonly Word[];

  constructor(rows: readonly AlertRow[] = []) {
    this.#words = rows.flatMap(wordOf);
  }

  /** Why nobody is told of the subject's alert now; undefined when somebody is. */
  silenced(subject: Subject, alertId: string, nowMs: number): string | undefined {
    const about = this.#inForce(subject, alertId, nowMs, ["silence", "unsilence"]).at(-1);
    return about?.word === "silence" ? `${about.saidBy}: ${about.note}` : undefined;
  }

  /** True while somebody says that the shop is closed. */
  isClosed(subject: Subject, nowMs: number): boolean {
    return this.#inForce(subject, "", nowMs, ["closed"]).length > 0;
  }

  /** What was said last of an alert, of these kinds. */
  lastOf(alertId: string, kinds: readonly WordKind[]): Word | undefined {
    return this.#words.findLast((one) => one.alertId === alertId && kinds.includes(one.word));
  }

  #inForce(subject: Subject, alertId: string, nowMs: number, kinds: readonly WordKind[]): readonly Word[] {
    return this.#words.filter(
      (one) =>
        kinds.includes(one.word) &&
        // A word on an alert that closes its shop holds for the shop; any other for that alert alone.
        (one.word === "closed" || one.alertId === "" || one.alertId === alertId) &&
        covers(one.subject, subject) &&
        one.fromMs <= nowMs &&
        nowMs < one.untilMs,
    );
  }
}

function wordOf(row: AlertRow): readonly Word[] {
  const word = WORDS.find((one) => one === row.word);
  if (!word) return [];
  const text = (field: string) => String(row[field] ?? "");
  const ms = (field: string, open: number) => (row[field] === null ? open : Date.parse(text(field)));
  return [
    {
      ...{
        wordId: text("wordId"),
        word,
        saidMs: Date.parse(text("saidAt")),
        saidBy: text("saidBy"),
        note: text("note"),
      },
      ...{
        subject: { tenant: text("tenant"), store: text("store"), device: text("device") },
        alertId: text("alertId"),
      },
      ...{ fromMs: ms("fromAt", Number.NEGATIVE_INFINITY), untilMs: ms("untilAt", Number.POSITIVE_INFINITY) },
    },
  ];
}
