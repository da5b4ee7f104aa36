import type { Clock } from "../firmware-config/kit/clock.ts";
import { AppError, messageOf } from "../firmware-config/kit/errors.ts";
import type { Log } from "../firmware-config/kit/log.ts";

interface TroubleInfo {
  /** The log's line when it begins. */
  readonly raised: string;
  /** The log's line when it is over. */
  readonly cleared: string;
  /** For the README. */
  readonly meaning: string;
}

/** Everything that may be wrong while the cloud half runs. Each is an error in the log, a fault in `/healthz` and a metric, at once. */
export const TROUBLES = {
  "bus-down": {
    raised: "the bus takes nothing, so nothing is acknowledged",
    cleared: "the bus takes messages again",
    meaning: "the bus takes nothing: devices keep their messages",
  },
  "bus-unreadable": {
    raised: "nothing comes from the bus",
    cleared: "messages come from the bus again",
    meaning: "the bus cannot be read: what waits there is stored when it can",
  },
  "clock-behind": {
    raised: "this machine's clock is behind; devices are believed instead",
    cleared: "this machine's clock is right again",
    meaning:
      "this machine's clock is behind a time that it told before; devices' times are used, times of receipt are wrong",
  },
  "forward-down": {
    raised: "the bus cannot be reached; messages wait in the inbox",
    cleared: "the inbox is forwarded again",
    meaning: "the bus cannot be reached: what devices sent waits in the inbox, acknowledged and safe",
  },
  "ledger-difference": {
    raised: "the ledger does not add up: acknowledged is not stored + duplicate + quarantined + waiting",
    cleared: "the ledger adds up again",
    meaning: "acknowledged messages left no trace, or more left one than were acknowledged; `kazoe ledger show` tells",
  },
  "quarantine-rising": {
    raised: "many messages are refused",
    cleared: "few messages are refused again",
    meaning: "more than 1 %, and more than 20, of the last 15 minutes' messages were refused",
  },
  "inbox-behind": {
    raised: "the inbox lost messages that the warehouse has: it comes from a backup, or files of it are missing",
    cleared: "the inbox holds what the warehouse has",
    meaning:
      "the inbox comes from a backup or lost files: messages that were stored are not in it, and any that came after them are lost; until the next start",
  },
  "inbox-branched": {
    raised:
      "the warehouse has messages of this inbox that the inbox does not know: it comes from a backup, or lost files",
    cleared: "the inbox goes on from where it stands",
    meaning:
      "said once at each start: the inbox comes from a backup or lost its newest files; what was stored is counted, what of those files was not is lost",
  },
  "inbox-damaged": {
    raised: "messages in the inbox are damaged",
    cleared: "the inbox is whole again",
    meaning:
      "messages in the inbox were damaged: they are in quarantine, what is left of them in `damaged/`; until the next start",
  },
  "inbox-gap": {
    raised: "the warehouse went back further than the inbox",
    cleared: "warehouse and inbox go together again",
    meaning:
      "the warehouse went back further than the inbox keeps messages: those between are lost; until the next start",
  },
  "inbox-mixed": {
    raised: "the inbox holds files of two branches of it; the messages of one are served again",
    cleared: "the inbox is of one branch again",
    meaning:
      "a backup was copied into the inbox without emptying it: what those files hold is served again; until the next start",
  },
  "inbox-torn": {
    raised: "the inbox ended in a torn write",
    cleared: "the inbox goes on before the torn write",
    meaning: "said once at a start after a power cut: the write under way was torn",
  },
  "inbox-full": {
    raised: "inbox full: nothing is acknowledged until ingest catches up",
    cleared: "inbox has room again",
    meaning: "the inbox holds as much as it may: devices keep their messages",
  },
  "warehouse-damaged": {
    raised: "a damaged database was put aside and what could be read of it rescued",
    cleared: "the damaged database is gone",
    meaning: "rows may be missing; look at the file that was put aside, then remove it and start again",
  },
  "warehouse-log-cut": {
    raised: "the damaged end of the database's log was cut off; the inbox serves again what it still holds",
    cleared: "the inbox has served again what it holds",
    meaning: "the end of the database's log was cut off, and the inbox serves again what it still holds",
  },
  "warehouse-down": {
    raised: "the warehouse takes nothing; messages wait in the bus",
    cleared: "the warehouse takes messages again",
    meaning: "the warehouse takes nothing: messages wait in the bus",
  },
  "warehouse-remade": {
    raised: "a table of the warehouse was gone and has been made again, empty",
    cleared: "the table is filled again",
    meaning:
      "somebody deleted a table of the warehouse; it has been made again, and what it held must be restored; until the next start",
  },
  "warehouse-unreadable": {
    raised: "the warehouse cannot be read; dashboards and CSV do not work",
    cleared: "the warehouse can be read again",
    meaning: "the warehouse cannot be read: dashboards and CSV do not work",
  },
  "archive-damaged": {
    raised: "a file of the archive is damaged; late rows of its date wait",
    cleared: "the archive's file is good again",
    meaning: "a file of the archive is damaged: its date is left out, late rows of it wait in the hot database",
  },
} as const satisfies Readonly<Record<string, TroubleInfo>>;

export type TroubleCode = keyof typeof TROUBLES;

/** Something that is wrong now. */
export interface Trouble {
  readonly code: TroubleCode;
  /** What it concerns where several can be in trouble at once, such as a file's name inside its folder; else empty. */
  readonly subject: string;
  /** Why, and what to do, for operators: no secret and no path of this machine. */
  readonly text: string;
  /** Since when, RFC 3339 UTC. */
  readonly since: string;
}

/** What is wrong right now, said by the parts themselves and read from memory by `/healthz` and `/metrics`. */
export class Troubles {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #open = new Map<string, Trouble>();

  constructor({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Says that something is wrong, and why: a text or what was thrown. Logged when it begins; repeating it only renews the text. */
  raise(code: TroubleCode, why: unknown, subject = ""): void {
    const key = keyOf(code, subject);
    const known = this.#open.get(key);
    const since = known?.since ?? new Date(this.#clock.nowMs()).toISOString();
    this.#open.set(key, { code, subject, text: textOf(why), since });
    if (known) return;
    const hint = why instanceof AppError ? { hint: why.hint } : {};
    this.#log.error(
      { trouble: code, ...(subject && { subject }), error: messageOf(why), ...hint },
      TROUBLES[code].raised,
    );
  }

  /** Says that it is over; nothing happens when it was not raised. */
  clear(code: TroubleCode, subject = ""): void {
    if (!this.#open.delete(keyOf(code, subject))) return;
    this.#log.info({ trouble: code, ...(subject && { subject }) }, TROUBLES[code].cleared);
  }

  /** What is wrong now, in the order in which it began. */
  list(): readonly Trouble[] {
    return [...this.#open.values()];
  }
}

const keyOf = (code: TroubleCode, subject: string) => `${code} ${subject}`;

/** `AppError`'s code and hint name no path; anything else is said as it is only when it is a text of ours. */
function textOf(why: unknown): string {
  if (typeof why === "string") return why;
  return why instanceof AppError ? `${why.code}: ${why.hint}` : "unexpected; the log says more";
}
