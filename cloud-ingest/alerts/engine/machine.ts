import type { Judgement } from "../rules/judge.ts";
import type { Rule } from "../rules/rule-config.ts";

export const STATES = ["ok", "suspect", "firing", "recovering", "flapping", "unknown", "muted"] as const;
export type State = (typeof STATES)[number];

/** How a rule stands at a subject. */
export interface Machine {
  readonly state: State;
  /** True from firing until enough good evidence: neither silence nor a mute ends it. */
  readonly isOpen: boolean;
  /** Bad and good evidence in a row. */
  readonly bad: number;
  readonly good: number;
  /** The evidence that was counted last, ms: one piece is counted once. */
  readonly stampMs: number;
  /** Since when it has been bad; of one that has just ended, since when it was. */
  readonly sinceMs?: number;
  /** The first good evidence. */
  readonly untilMs?: number;
  /** When it fired lately, by our clock. */
  readonly fires: readonly number[];
  /** What made it bad last. */
  readonly findings: Judgement["findings"];
}

export const FRESH: Machine = { state: "ok", isOpen: false, bad: 0, good: 0, stampMs: 0, fires: [], findings: [] };

const MINUTE_MS = 60_000;

/** True when nothing is held against the subject: that a good one is unknown or muted now is no news. */
export const isIdle = ({ isOpen, bad }: Machine) => !isOpen && bad === 0;

/** What a look says: a judgement, or that the rule is not to judge now. */
export type Look = Judgement | { readonly mute: string };

/**
 * The machine after one more look. Pure: the same looks give the same states, live and replayed. Returns the same object when nothing
 * has changed.
 */
export function step(machine: Machine, rule: Pick<Rule, "for" | "clear" | "flap">, look: Look, nowMs: number): Machine {
  if ("mute" in look) return muted(machine);
  if (look.verdict === "unknown") return unsure(machine);
  const isNew = look.stampMs > machine.stampMs;
  if (!isNew) return resumed(machine);
  return look.verdict === "bad" ? afterBad(machine, rule, look, nowMs) : afterGood(machine, rule, look, nowMs);
}

/** What was suspected before the shop closed is not held against the next morning. */
function muted(machine: Machine): Machine {
  if (machine.state === "muted") return machine;
  return machine.isOpen ? { ...machine, state: "muted", good: 0 } : { ...calm(machine), state: "muted" };
}

/** Evidence has stopped: what is open stays open. */
function unsure(machine: Machine): Machine {
  return machine.state === "unknown" ? machine : { ...machine, state: "unknown" };
}

/** The same evidence again: it says as much as before. */
function resumed(machine: Machine): Machine {
  if (machine.state !== "unknown" && machine.state !== "muted") return machine;
  return { ...machine, state: stateOf(machine) };
}

function stateOf({ isOpen, bad, good }: Machine): State {
  if (!isOpen) return bad > 0 ? "suspect" : "ok";
  return good > 0 ? "recovering" : "firing";
}

function afterBad(machine: Machine, rule: Pick<Rule, "for" | "flap">, look: Judgement, nowMs: number): Machine {
  // That of an alert which has ended is not that of the next one.
  const before = machine.isOpen || machine.bad > 0 ? machine.sinceMs : undefined;
  const sinceMs = Math.min(before ?? look.sinceMs, look.sinceMs);
  const bad = machine.bad + 1;
  const next = withoutEnd({ ...machine, bad, good: 0, stampMs: look.stampMs, sinceMs, findings: look.findings });
  if (!machine.isOpen && bad < rule.for) return { ...next, state: "suspect" };
  // A recovery that did not last is one more firing.
  const isFire = !machine.isOpen || machine.good > 0;
  const fires = isFire ? [...recent(machine.fires, rule, nowMs), nowMs] : machine.fires;
  const isFlapping = fires.length >= rule.flap.times || (machine.state === "flapping" && !isCalm(fires, rule, nowMs));
  return { ...next, isOpen: true, fires, state: isFlapping ? "flapping" : "firing" };
}

function afterGood(machine: Machine, rule: Pick<Rule, "clear" | "flap">, look: Judgement, nowMs: number): Machine {
  const good = machine.good + 1;
  const next = { ...machine, good, bad: 0, stampMs: look.stampMs };
  if (!machine.isOpen) {
    const rest = recent(machine.fires, rule, nowMs);
    return { ...calm(next), fires: rest.length === machine.fires.length ? machine.fires : rest };
  }
  const untilMs = machine.untilMs ?? look.stampMs;
  const wasFlapping = machine.fires.length >= rule.flap.times;
  const isCleared = good >= rule.clear && (!wasFlapping || isCalm(machine.fires, rule, nowMs));
  if (isCleared) return { ...next, state: "ok", isOpen: false, good: 0, untilMs };
  return { ...next, untilMs, state: wasFlapping ? "flapping" : "recovering" };
}

/** Those within the window of flapping; no more than decide it. */
function recent(fires: readonly number[], { flap }: Pick<Rule, "flap">, nowMs: number): readonly number[] {
  return fires.filter((ms) => nowMs - ms < flap.withinMin * MINUTE_MS && ms <= nowMs).slice(1 - flap.times);
}

/** Half a window without a firing: it takes less to stay flapping than to become so. */
function isCalm(fires: readonly number[], { flap }: Pick<Rule, "flap">, nowMs: number): boolean {
  const last = fires.at(-1) ?? Number.NEGATIVE_INFINITY;
  return nowMs - last >= (flap.withinMin * MINUTE_MS) / 2;
}

/** Nothing is held against it any more, but for how often it fired. */
function calm({ stampMs, fires, isOpen }: Machine): Machine {
  return { ...FRESH, stampMs, fires, isOpen };
}

function withoutEnd({ untilMs: _, ...machine }: Machine): Machine {
  return machine;
}
