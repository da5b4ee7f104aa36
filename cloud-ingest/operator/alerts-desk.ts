import { randomUUID } from "node:crypto";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import type { AlertsConfig } from "../alerts/alerts-config.ts";
import { alertQuality, type RuleQuality } from "../alerts/engine/alert-quality.ts";
import { openingOf } from "../alerts/engine/opening.ts";
import { type ReplayedAlert, replay } from "../alerts/engine/replay.ts";
import { diffOf, type FalseSpan, type ReplayDiff } from "../alerts/engine/replay-diff.ts";
import { shownRow } from "../alerts/engine/shown.ts";
import { covers, type Subject } from "../alerts/engine/subject.ts";
import type { SubjectAlert } from "../alerts/engine/subject-alert.ts";
import { type WordKind, Words } from "../alerts/engine/words.ts";
import { loadRules } from "../alerts/rules/load-rules.ts";
import type { Rule } from "../alerts/rules/rule-config.ts";
import type { ShownAlert } from "../alerts/sinks/sink.ts";
import { addDays } from "../calendar.ts";
import { portionsOf } from "../group-by.ts";
import type { Registry } from "../registry/registry.ts";
import { assertTaken, MOST_ROWS, type RowIntake, rowText, versionNow } from "../rows/intake.ts";
import type { AlertRow, AlertStore, SignalStore } from "../warehouse/alert-port.ts";
import type { StoreInfo } from "../warehouse/port.ts";
import { zoneOf } from "../zone/rules.ts";
import { closedDates } from "./closed-dates.ts";
import type { Attention } from "./operator.ts";

/** An alert with what was said of it. */
export interface ListedAlert extends ShownAlert {
  /** Why nobody is told at present; left out when somebody is. */
  readonly muted?: string;
  /** When it was told last, RFC 3339 UTC; left out when it never was. */
  readonly toldAt?: string;
  /** Who acts on it. */
  readonly ackedBy?: string;
}

/** Without runbooks: `show` has them. */
export interface AlertList {
  /** Those that began first. */
  readonly open: readonly ListedAlert[];
  /** The newest last. */
  readonly ended: readonly ListedAlert[];
  /** How many more there are of each than are listed. */
  readonly more: { readonly open: number; readonly ended: number };
}

export interface AlertStory {
  readonly alert: ListedAlert;
  /** Transitions of the alert and of its subject's rules while it stood. */
  readonly transitions: readonly AlertRow[];
  readonly deliveries: readonly AlertRow[];
  readonly words: readonly AlertRow[];
}

/** Which alerts are meant; what is left out restricts nothing. */
export interface AlertFilter {
  readonly tenant?: string;
  readonly store?: string;
}

/** What a person says: of an alert by its id or the beginning of it, or of a subject. */
export interface AlertSaying {
  readonly word: WordKind;
  readonly alertId?: string;
  readonly subject?: Subject;
  /** RFC 3339; left out: for a silence some hours, for a closed shop the end of today. */
  readonly until?: string;
  readonly by: string;
  readonly note: string;
}

/** What was written, and for a closed shop the dates that the calendar has as closed now. */
export interface Said {
  readonly wordId: string;
  readonly subject: Subject;
  readonly from: string;
  readonly until: string | null;
  readonly closedDates?: readonly string[];
}

export interface ReplayAsk {
  /** A rule's file or a folder of them, laid over the present rules; of the machine on which the cloud half runs. */
  readonly rules: string;
  readonly from: string;
  readonly to: string;
}

/** What an operator can do about alerts. All throw `AppError`. */
export interface AlertsOperator {
  list(filter: AlertFilter, days: number): Promise<AlertList>;
  show(alertId: string): Promise<AlertStory | undefined>;
  say(saying: AlertSaying): Promise<Said>;
  quality(days: number): Promise<readonly RuleQuality[]>;
  replay(ask: ReplayAsk, attention: Attention): Promise<ReplayDiff>;
}

export interface AlertsDeskParts {
  readonly warehouse: AlertStore & SignalStore;
  readonly stores: readonly StoreInfo[];
  readonly devices: readonly Subject[];
  readonly alerts: AlertsConfig;
  readonly registry: () => Promise<Pick<Registry, "day">>;
  readonly rows: Pick<RowIntake, "add">;
  readonly clock: Clock;
}

const DAY_MS = 24 * 3_600_000;
const SILENCE_MS = 4 * 3_600_000;
/** So many fit into an answer of 4 MiB. */
const MOST_LISTED = 2_000;
const MOST_ENDED = 500;
const MOST_TEXT = 300;
/** Of a closure in the calendar. */
const MOST_REASON = 120;
/** How far back an alert is found by its id. */
const FOUND_DAYS = 90;
/** A month of a thousand devices is some minutes of work. */
const MOST_REPLAY_DAYS = 92;

/** Alerts for operators, on the warehouse itself; the engine hears what is said at its next look. */
export class AlertsDesk implements AlertsOperator {
  readonly #parts: AlertsDeskParts;
  #loaded: Promise<readonly Rule[]> | undefined;

  constructor(parts: AlertsDeskParts) {
    this.#parts = parts;
  }

  async list(filter: AlertFilter, days: number): Promise<AlertList> {
    const open = await this.#open(filter);
    const ended =
      days === 0 ? [] : (await this.#rows(days)).filter((row) => isAlertOf(filter, row) && row.state === "ok");
    const listed = await this.#listed();
    const short = (row: AlertRow) => withoutTexts(listed(row));
    const byStart = [...open].sort((a, b) => (String(a.since) < String(b.since) ? -1 : 1));
    return {
      open: byStart.slice(0, MOST_LISTED).map(short),
      ended: ended.slice(-MOST_ENDED).map(short),
      more: { open: Math.max(0, open.length - MOST_LISTED), ended: Math.max(0, ended.length - MOST_ENDED) },
    };
  }

  /** Every open alert with all its texts, for a page: an answer to a command has no room for them. */
  async standing(): Promise<readonly ListedAlert[]> {
    return (await this.#open({})).map(await this.#listed());
  }

  async show(alertId: string): Promise<AlertStory | undefined> {
    const { warehouse } = this.#parts;
    const rows = await this.#rows(FOUND_DAYS);
    const last = lastOf(rows, alertId);
    if (!last) return undefined;
    const own = rows.filter((row) => row.alertId === last.alertId);
    const isDuring = (row: AlertRow) =>
      Number(row.number) <= Number(last.number) && String(row.at) >= String(last.since) && isSame(row, last);
    const transitions = rows.filter((row) => row.alertId === last.alertId || (row.rule !== "" && isDuring(row)));
    const ids = new Set(own.map(({ eventId }) => eventId));
    const range = this.#range(FOUND_DAYS);
    const deliveries = (await warehouse.alerts("alert_delivery", range)).filter((row) =>
      ids.has(row.notificationId ?? ""),
    );
    const words = (await warehouse.alerts("alert_word", range)).filter((row) => row.alertId === last.alertId);
    return { alert: (await this.#listed())(last), transitions, deliveries, words };
  }

  async say({ word, alertId, subject, until, by, note }: AlertSaying): Promise<Said> {
    const { warehouse, clock } = this.#parts;
    const alert = alertId === undefined ? undefined : lastOf(await this.#rows(FOUND_DAYS), alertId);
    if (alertId !== undefined && !alert) throw noSuchAlert(alertId);
    const meant = alert ? subjectOf(alert) : subject;
    if (!meant) throw noSuchAlert("");
    const nowMs = clock.nowMs();
    const now = new Date(nowMs).toISOString();
    // What is said of a device that stands in a closed shop holds for the shop.
    const about = word === "closed" ? { ...meant, device: "" } : meant;
    const store = word === "closed" ? this.#storeOf(about) : undefined;
    // A clock that was set back has the beginning before it.
    const from = store && alert && String(alert.since) < now ? String(alert.since) : now;
    // An alert that has ended says nothing of the days after it: its page may have stood open for weeks.
    const over = store && alert?.state === "ok" && alert.until !== null ? String(alert.until) : undefined;
    const end = until === undefined && over !== undefined ? over : endOf(word, { store, until, nowMs });
    const row = {
      ...{ wordId: randomUUID(), saidAt: now, ...about, alertId: String(alert?.alertId ?? ""), word },
      ...{ fromAt: from, untilAt: end, saidBy: by, note },
    };
    // The calendar first: an alert that has ended is not there to be tapped again.
    const closed = store && end !== null ? await this.#close(store, { from, until: end, note, by }) : undefined;
    await warehouse.addAlerts("alert_word", [row]);
    return { wordId: row.wordId, subject: about, from, until: end, ...(closed && { closedDates: closed }) };
  }

  /** Writes that a store is closed into the calendar, each date by a row; a later word on a date is another version of it. */
  async #close(
    { tenant, store, timeZone }: StoreInfo,
    {
      from,
      until,
      note,
      by,
    }: { readonly from: string; readonly until: string; readonly note: string; readonly by: string },
  ): Promise<readonly string[]> {
    const registry = await this.#parts.registry();
    const dates = closedDates({
      ...{ fromMs: Date.parse(from), untilMs: Date.parse(until), nowMs: this.#parts.clock.nowMs() },
      ...{ zone: zoneOf(timeZone), hoursOf: (date) => registry.day({ tenant, store }, date).hours },
    });
    const version = versionNow(this.#parts.clock);
    const says = note.slice(0, MOST_REASON);
    const texts = dates.map((date) => {
      const row = { table: "calendar", key: `closed ${date}`, version, date } as const;
      return rowText({ tenant, store }, { ...row, columns: { what: "closed", says } });
    });
    for (const some of portionsOf(texts, MOST_ROWS)) assertTaken(await this.#parts.rows.add(some, { by }));
    return dates;
  }

  async quality(days: number): Promise<readonly RuleQuality[]> {
    const words = new Words(await this.#parts.warehouse.alerts("alert_word", this.#range(days)));
    return alertQuality(await this.#rows(days), words);
  }

  async replay({ rules, from, to }: ReplayAsk, attention: Attention): Promise<ReplayDiff> {
    const span = spanOf(from, to, this.#parts.clock.nowMs());
    const [present, changed] = [await this.#rules(), await loadRules(this.#parts.alerts.rules, rules)];
    const before = await this.#replayed(present, span, half(attention, 0));
    const after = await this.#replayed(changed, span, half(attention, 1));
    return diffOf(before, after, await this.#falsehoods());
  }

  async #replayed(
    rules: readonly Rule[],
    span: { readonly fromMs: number; readonly toMs: number },
    attention: Parameters<typeof replay>[2],
  ): Promise<readonly ReplayedAlert[]> {
    const { warehouse, stores, devices, alerts, registry } = this.#parts;
    const { tickS, groupWaitS, groupIntervalS, maintenance } = alerts;
    const times = { tickMs: tickS * 1_000, groupWaitMs: groupWaitS * 1_000, groupIntervalMs: groupIntervalS * 1_000 };
    const isOpen = openingOf(await registry());
    return replay({ store: warehouse, rules, stores, devices, isOpen, maintenance, ...times }, span, attention);
  }

  /** When people said that an alert was none, or a shop closed. */
  async #falsehoods(): Promise<readonly FalseSpan[]> {
    const rows = await this.#rows(MOST_REPLAY_DAYS);
    const words = await this.#parts.warehouse.alerts("alert_word", this.#range(MOST_REPLAY_DAYS));
    return words.flatMap((word) => {
      if (word.word === "closed") return [{ subject: subjectOf(word), ...spanOfWord(word) }];
      const alert = word.word === "false" ? lastOf(rows, String(word.alertId)) : undefined;
      if (!alert) return [];
      const toMs = alert.until === null ? Number.POSITIVE_INFINITY : Date.parse(String(alert.until));
      return [{ subject: subjectOf(alert), fromMs: Date.parse(String(alert.since)), toMs }];
    });
  }

  /** As the engine: those of the start. Reading and checking some twenty files takes longer than all else of a page. */
  #rules(): Promise<readonly Rule[]> {
    this.#loaded ??= loadRules(this.#parts.alerts.rules).catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #listed(): Promise<(row: AlertRow) => ListedAlert> {
    const rules = new Map((await this.#rules()).map((rule) => [rule.name, rule]));
    const words = new Words(await this.#parts.warehouse.alerts("alert_word", this.#range(FOUND_DAYS)));
    const nowMs = this.#parts.clock.nowMs();
    return (row) => {
      const { muted, told }: Partial<SubjectAlert> = JSON.parse(String(row.details ?? "{}"));
      const acked = words.lastOf(String(row.alertId), ["ack", "false"]);
      // What was said a moment ago holds, though the engine looks again in a minute only.
      const why = words.silenced(subjectOf(row), String(row.alertId), nowMs) ?? muted;
      return {
        ...shownRow(row, rules),
        ...(why !== undefined && row.state !== "ok" && { muted: why }),
        ...(told && { toldAt: new Date(told.atMs).toISOString() }),
        ...(acked && { ackedBy: acked.saidBy }),
      };
    };
  }

  #rows(days: number): Promise<readonly AlertRow[]> {
    return this.#parts.warehouse.alerts("alert", this.#range(days));
  }

  #range(days: number) {
    const nowMs = this.#parts.clock.nowMs();
    return { from: new Date(nowMs - days * DAY_MS).toISOString(), to: new Date(nowMs + DAY_MS).toISOString() };
  }

  async #open(filter: AlertFilter): Promise<readonly AlertRow[]> {
    const last = await this.#parts.warehouse.lastAlerts();
    return last.filter((row) => isAlertOf(filter, row) && row.state !== "ok");
  }

  #storeOf({ tenant, store }: Subject): StoreInfo {
    const found = this.#parts.stores.find((one) => one.tenant === tenant && one.store === store);
    if (found) return found;
    throw new AppError(`There is no store ${safeLine(`${tenant}/${store}`)}`, {
      code: "USAGE",
      hint: "Only a store can be closed; the system cannot.",
    });
  }
}

const isAlertOf = (filter: AlertFilter, row: AlertRow) => row.rule === "" && covers({ ...filter }, subjectOf(row));

function withoutTexts(alert: ListedAlert): ListedAlert {
  const none = { en: "", ja: "" };
  const reasons = alert.reasons.map(({ consequence, ...reason }) => ({
    ...reason,
    ...{ runbook: none, findings: reason.findings.slice(0, 2) },
    consequence: { ...consequence, text: none },
  }));
  const muted = alert.muted === undefined ? {} : { muted: alert.muted.slice(0, MOST_TEXT) };
  return { ...alert, ...muted, reasons };
}

const subjectOf = (row: AlertRow): Subject => ({
  tenant: String(row.tenant ?? ""),
  store: String(row.store ?? ""),
  device: String(row.device ?? ""),
});

const isSame = (a: AlertRow, b: AlertRow) => a.tenant === b.tenant && a.store === b.store && a.device === b.device;

/** The last transition of the alert whose id begins so; undefined when there is none. Throws USAGE when there are several. */
function lastOf(rows: readonly AlertRow[], id: string): AlertRow | undefined {
  const found = rows.filter((row) => row.rule === "" && id !== "" && String(row.alertId).startsWith(id));
  if (new Set(found.map(({ alertId }) => alertId)).size > 1) {
    throw new AppError(`More than one alert has an id that begins with ${safeLine(id)}`, {
      code: "USAGE",
      hint: "Write more of it; kazoe alerts list --json has the whole ids.",
    });
  }
  return found.at(-1);
}

interface EndAsk {
  readonly store: StoreInfo | undefined;
  readonly until: string | undefined;
  readonly nowMs: number;
}

function endOf(word: WordKind, { store, until, nowMs }: EndAsk): string | null {
  if (until !== undefined) {
    const ms = Date.parse(until);
    if (ms > nowMs) return new Date(ms).toISOString();
    throw new AppError("The end is not a time to come", {
      code: "USAGE",
      hint: "Write it as RFC 3339, for example 2026-12-01T09:00:00+09:00.",
    });
  }
  if (word === "silence") return new Date(nowMs + SILENCE_MS).toISOString();
  if (!store) return null;
  const zone = zoneOf(store.timeZone);
  return new Date(zone.firstInstantMs(`${addDays(zone.date(nowMs), 1)}T00:00:00`)).toISOString();
}

function spanOfWord(word: AlertRow) {
  const ms = (value: AlertRow[string] | undefined, open: number) =>
    value === null || value === undefined ? open : Date.parse(String(value));
  return { fromMs: ms(word.fromAt, Number.NEGATIVE_INFINITY), toMs: ms(word.untilAt, Number.POSITIVE_INFINITY) };
}

/** Until now at most: what is to come is silent. */
function spanOf(from: string, to: string, nowMs: number) {
  const [fromMs, toMs] = [Date.parse(from), Math.min(nowMs, Date.parse(to) + DAY_MS)];
  if (toMs > fromMs && toMs - fromMs <= (MOST_REPLAY_DAYS + 1) * DAY_MS) return { fromMs, toMs };
  throw new AppError(`${from} to ${to} is no range of 1 to ${MOST_REPLAY_DAYS} days that have begun`, {
    code: "USAGE",
    hint: "Give the first and the last UTC date.",
  });
}

/** The progress of one of two equal parts. */
const half = ({ signal, onProgress }: Attention, part: 0 | 1) => ({
  signal,
  onProgress: (share: number) => onProgress({ done: Math.round((part + share) * 50), total: 100 }),
});

function noSuchAlert(id: string): AppError {
  return new AppError(`There is no alert ${safeLine(id)} of the last ${FOUND_DAYS} days`, {
    code: "USAGE",
    hint: "kazoe alerts list --days 90 has their ids; a subject is tenant, tenant/store or tenant/store/device.",
  });
}
