import { groupBy } from "../../group-by.ts";
import { judge } from "../rules/judge.ts";
import type { Rule } from "../rules/rule-config.ts";
import type { Measure, Scope } from "../rules/signals.ts";
import type { Book } from "./book.ts";
import { FRESH, isIdle, type Look, type Machine, step } from "./machine.ts";
import { type DeviceReading, type LookTime, measureDevice, measureMany } from "./reading.ts";
import { above, type Subject, SYSTEM, scopeOf } from "./subject.ts";
import { isSeverer, type Reason, reasonOf, type SubjectAlert, severest, stateOf } from "./subject-alert.ts";
import { alertTransition, endTransition, type Notify, ruleTransition, type Transition } from "./transition.ts";
import type { Words } from "./words.ts";

/** What one look at everything goes by. */
export interface TickInput {
  /** Each after those that come before it. */
  readonly rules: readonly Rule[];
  readonly devices: readonly DeviceReading[];
  readonly time: LookTime;
  readonly words: Words;
  /** False outside a store's opening hours, and for some minutes after they begin: somebody has to switch the light on first. */
  readonly isOpen: (subject: Subject) => boolean;
  /** Why a subject is being worked on; undefined when it is not. */
  readonly maintenance: (subject: Subject) => string | undefined;
  /** False after a start until every source was heard once: nobody is told anything before. */
  readonly isSettled: boolean;
  /** An alert that ends within it is told to nobody. */
  readonly groupWaitMs: number;
  /** Between two messages of one alert that has not ended. */
  readonly groupIntervalMs: number;
  readonly newId: () => string;
}

/** Full evidence, with room for sums of tenths. */
const WHOLE = 1 - 1e-9;

/**
 * Looks at everything once: rules first, from the system down to devices, then the alert of each subject. Changes the book and returns
 * every transition; what is not written is undone by reading the book anew.
 */
export function tick(book: Book, input: TickInput): readonly Transition[] {
  const subjects = subjectsOf(input);
  const watched = new Set(subjects.map(({ subject }) => subject));
  const transitions = subjects.flatMap((one) => judgeAll(book, input, one));
  const changed = [...watched].flatMap((subject) => settleAlert(book, input, subject));
  return [...transitions, ...changed, ...forgetGone(book, input, watched)];
}

interface Watched {
  readonly subject: Subject;
  readonly measure: Measure;
}

/** The system, its stores, their devices. */
function subjectsOf({ devices, time, isOpen }: TickInput): readonly Watched[] {
  const stores = groupBy(devices, ({ subject: { tenant, store } }) => `${tenant} ${store}`);
  const ofStores = [...stores.values()].flatMap((readings) => {
    const [first] = readings;
    if (!first) return [];
    return [{ subject: { ...first.subject, device: "" }, measure: measureMany(readings, time) }];
  });
  const ofDevices = devices.map((reading) => ({ subject: reading.subject, measure: measureDevice(reading, time) }));
  // Shops that cut their power at night say nothing of the broker.
  const awake = devices.filter(({ subject }) => isOpen(subject));
  return [{ subject: SYSTEM, measure: measureMany(awake, time) }, ...ofStores, ...ofDevices];
}

function judgeAll(book: Book, input: TickInput, { subject, measure }: Watched): readonly Transition[] {
  const transitions: Transition[] = [];
  const scope: Scope = scopeOf(subject);
  const common = muteOf(input, subject);
  for (const rule of input.rules) {
    if (rule.scope !== scope) continue;
    const was = book.machine(subject, rule.name);
    const machine =
      common === "closed"
        ? forgiven(was)
        : step(was, rule, lookOf(book, input, subject, rule, { measure, common }), input.time.nowMs);
    if (machine === was) continue;
    book.setMachine(subject, rule.name, machine);
    const isNews = machine.state !== was.state || machine.isOpen !== was.isOpen;
    if (isNews && !(isIdle(was) && isIdle(machine))) {
      transitions.push(ruleTransition(baseOf(input, subject), rule, was, machine));
    }
  }
  return transitions;
}

/** What keeps every rule of a subject from judging. */
function muteOf({ words, time, maintenance }: TickInput, subject: Subject): string | undefined {
  return words.isClosed(subject, time.nowMs) ? "closed" : maintenance(subject);
}

/** Nothing that was found while the shop was closed is a fault. */
function forgiven(machine: Machine): Machine {
  if (machine.state === "muted" && !machine.isOpen) return machine;
  return { ...FRESH, state: "muted", stampMs: machine.stampMs };
}

function lookOf(
  book: Book,
  { isOpen }: TickInput,
  subject: Subject,
  rule: Rule,
  { measure, common }: { readonly measure: Measure; readonly common: string | undefined },
): Look {
  if (common !== undefined) return { mute: common };
  if (rule.hours === "open" && !isOpen(subject)) return { mute: "outside opening hours" };
  const judged = judge(rule, measure);
  // What an earlier rule finds bad makes this one's evidence worthless; its good evidence too.
  const isBlind = rule.after.some((name) => isBad(book.machine(subject, name)));
  return isBlind ? { ...judged, verdict: "unknown" } : judged;
}

const isBad = ({ isOpen, state }: Machine) => isOpen || state === "suspect";

/** Opens, changes or ends the alert of a subject, and decides who is told. */
function settleAlert(book: Book, input: TickInput, subject: Subject): readonly Transition[] {
  const before = book.alert(subject);
  const known = book.rulesOf(subject);
  if (!before && known.length === 0) return [];
  const open = input.rules.flatMap((rule) => {
    const machine = known.includes(rule.name) ? book.machine(subject, rule.name) : FRESH;
    return machine.isOpen ? [{ rule, machine }] : [];
  });
  if (open.length === 0) return before ? ended(book, input, before) : [];
  const weight = open.reduce((sum, { rule }) => sum + rule.weight, 0);
  if (!before && weight < WHOLE) return [];
  const reasons = open.map(({ rule, machine }) => reasonOf(rule, machine));
  const alert = afterLook(before ?? opened(input, subject, reasons), input, {
    reasons,
    mute: silenceOf(book, input, subject, before),
  });
  const notify = notifyOf(alert, input);
  const told: SubjectAlert = notify === "" ? alert : { ...alert, told: toldOf(alert, input) };
  book.setAlert(subject, told);
  if (before && notify === "" && !isOther(before, told)) return [];
  return [alertTransition(baseOf(input, subject), told, { was: before?.state ?? "ok", notify })];
}

function opened({ time, newId }: TickInput, subject: Subject, reasons: readonly Reason[]): SubjectAlert {
  return {
    ...{ alertId: newId(), subject, state: "firing", openedMs: time.nowMs, reasons, severity: "info", heldMs: 0 },
    sinceMs: Math.min(...reasons.map(({ sinceMs }) => sinceMs)),
  };
}

function afterLook(
  { muted: _, ...alert }: SubjectAlert,
  { time: { nowMs, tickMs }, groupWaitMs }: TickInput,
  { reasons, mute }: { readonly reasons: readonly Reason[]; readonly mute: string | undefined },
): SubjectAlert {
  return {
    ...alert,
    reasons,
    state: stateOf(reasons),
    severity: severest(reasons.map(({ severity }) => severity)),
    sinceMs: Math.min(alert.sinceMs, ...reasons.map(({ sinceMs }) => sinceMs)),
    // What was silenced by another alert is looked at once more after that one's end, and waits as if it had just opened.
    ...(mute !== undefined && { muted: mute, heldMs: nowMs + groupWaitMs + tickMs }),
  };
}

/** Why nobody is told of a subject: what holds it is ill too, or somebody has silenced it. */
function silenceOf(
  book: Book,
  { words, rules, time }: TickInput,
  subject: Subject,
  alert: SubjectAlert | undefined,
): string | undefined {
  for (const wider of above(subject)) {
    const cause = rules.find((rule) => rule.scope === scopeOf(wider) && isBad(book.machine(wider, rule.name)));
    if (cause) return `inhibited by ${cause.name}`;
  }
  return words.silenced(subject, alert?.alertId ?? "", time.nowMs);
}

function notifyOf(alert: SubjectAlert, input: TickInput): Notify | "" {
  const { isSettled, groupWaitMs, groupIntervalMs, words } = input;
  const { nowMs } = input.time;
  const { told, muted, heldMs, openedMs, severity, reasons, state } = alert;
  if (!isSettled || muted !== undefined || nowMs < heldMs) return "";
  // What has just begun to recover, or is not known any more, is no news to begin with.
  const isPlain = state === "firing" || state === "flapping";
  if (!told) return isPlain && nowMs - openedMs >= groupWaitMs ? "firing" : "";
  if (nowMs - told.atMs < groupIntervalMs) return "";
  const isWorse = isSeverer(severity, told.severity);
  const isNew = reasons.some(({ rule }) => !told.rules.includes(rule));
  const isActedOn = words.lastOf(alert.alertId, ["ack", "false"]) !== undefined;
  return isWorse || (isNew && !isActedOn) ? "update" : "";
}

/** All that was ever said of it, so that a reason which comes and goes is said once. */
function toldOf({ severity, reasons, told }: SubjectAlert, { time }: TickInput) {
  const rules = [...new Set([...(told?.rules ?? []), ...reasons.map(({ rule }) => rule)])];
  return { atMs: time.nowMs, severity: severest(told ? [told.severity, severity] : [severity]), rules };
}

/** Times and findings move with each look; only what a person would call another state is one. */
function isOther(a: SubjectAlert, b: SubjectAlert): boolean {
  const named = ({ state, muted, reasons }: SubjectAlert) =>
    JSON.stringify([state, muted !== undefined, reasons.map(({ rule, state: of }) => [rule, of])]);
  return named(a) !== named(b);
}

function ended(book: Book, input: TickInput, alert: SubjectAlert): readonly Transition[] {
  const { subject, reasons } = alert;
  book.setAlert(subject, undefined);
  const isClosed = input.words.isClosed(subject, input.time.nowMs);
  const ends = reasons.map(({ rule }) => book.machine(subject, rule).untilMs ?? Number.NEGATIVE_INFINITY);
  const last = Math.max(...ends);
  const untilMs = Number.isFinite(last) && !isClosed ? last : input.time.nowMs;
  return [endTransition(baseOf(input, subject), alert, { reason: isClosed ? "closed" : "recovered", untilMs })];
}

/** What is not watched any more, such as a device that was taken out of the configuration, has no alert. */
function forgetGone(book: Book, input: TickInput, watched: ReadonlySet<Subject>): readonly Transition[] {
  const keys = new Set([...watched].map((one) => JSON.stringify([one.tenant, one.store, one.device])));
  return book.subjects.flatMap((subject) => {
    if (keys.has(JSON.stringify([subject.tenant, subject.store, subject.device]))) return dropped(book, input, subject);
    const alert = book.alert(subject);
    book.setAlert(subject, undefined);
    const gone = clearMachines(book, input, subject, book.rulesOf(subject));
    if (!alert) return gone;
    const end = { reason: "removed", untilMs: input.time.nowMs } as const;
    return [...gone, endTransition(baseOf(input, subject), alert, end)];
  });
}

/** Rules that are there no more hold nothing against a subject. */
function dropped(book: Book, input: TickInput, subject: Subject): readonly Transition[] {
  const names = new Set(input.rules.map(({ name }) => name));
  return clearMachines(
    book,
    input,
    subject,
    book.rulesOf(subject).filter((name) => !names.has(name)),
  );
}

function clearMachines(
  book: Book,
  input: TickInput,
  subject: Subject,
  rules: readonly string[],
): readonly Transition[] {
  return rules.map((name) => {
    const { state: was, stampMs } = book.machine(subject, name);
    book.setMachine(subject, name, FRESH);
    const { state: _, ...details } = { ...FRESH, stampMs };
    return {
      ...{ ...baseOf(input, subject), rule: name, ruleVersion: "", was, state: "ok", alertId: "", notify: "" },
      details,
    };
  });
}

const baseOf = ({ newId, time }: TickInput, subject: Subject) => ({ eventId: newId(), atMs: time.nowMs, subject });
