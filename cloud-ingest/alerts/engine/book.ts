import type { AlertRow } from "../../warehouse/alert-port.ts";
import { FRESH, isIdle, type Machine, STATES } from "./machine.ts";
import { type Subject, subjectKey } from "./subject.ts";
import type { SubjectAlert } from "./subject-alert.ts";

/** How rules and alerts stand; what is as new is not kept, so that a healthy fleet costs nothing. */
export class Book {
  readonly #machines = new Map<string, Map<string, Machine>>();
  readonly #alerts = new Map<string, SubjectAlert>();
  /** The number of the last transition. */
  number = 0;

  /** From the last transitions that were written. */
  static from(rows: readonly AlertRow[]): Book {
    const book = new Book();
    for (const row of rows) book.#read(row);
    return book;
  }

  machine(subject: Subject, rule: string): Machine {
    return this.#machines.get(subjectKey(subject))?.get(rule) ?? FRESH;
  }

  setMachine(subject: Subject, rule: string, machine: Machine): void {
    const key = subjectKey(subject);
    const known = this.#machines.get(key);
    if (!isIdle(machine) || machine.fires.length > 0) this.#machines.set(key, (known ?? new Map()).set(rule, machine));
    else if (known?.delete(rule) && known.size === 0) this.#machines.delete(key);
  }

  /** Rules that are not as new at a subject. */
  rulesOf(subject: Subject): readonly string[] {
    return [...(this.#machines.get(subjectKey(subject))?.keys() ?? [])];
  }

  alert(subject: Subject): SubjectAlert | undefined {
    return this.#alerts.get(subjectKey(subject));
  }

  setAlert(subject: Subject, alert: SubjectAlert | undefined): void {
    if (alert) this.#alerts.set(subjectKey(subject), alert);
    else this.#alerts.delete(subjectKey(subject));
  }

  get alerts(): readonly SubjectAlert[] {
    return [...this.#alerts.values()];
  }

  /** Subjects that something is known of. */
  get subjects(): readonly Subject[] {
    const keys = new Set([...this.#machines.keys(), ...this.#alerts.keys()]);
    return [...keys].map((key) => {
      const [tenant = "", store = "", device = ""] = key.split(" ");
      return { tenant, store, device };
    });
  }

  #read(row: AlertRow): void {
    const text = (field: string) => String(row[field] ?? "");
    const subject = { tenant: text("tenant"), store: text("store"), device: text("device") };
    this.number = Math.max(this.number, Number(row.number));
    const details = JSON.parse(text("details") || "{}");
    const since = row.since === null ? {} : { sinceMs: Date.parse(text("since")) };
    const until = row.until === null ? {} : { untilMs: Date.parse(text("until")) };
    if (row.rule !== "") {
      const state = STATES.find((one) => one === row.state) ?? "unknown";
      this.setMachine(subject, text("rule"), { ...FRESH, ...details, ...since, ...until, state });
    } else if (row.state !== "ok") {
      this.setAlert(subject, { ...details, ...since, subject, state: row.state, alertId: text("alertId") });
    }
  }
}
