import type { AlertRow } from "../../warehouse/alert-port.ts";
import type { Rule } from "../rules/rule-config.ts";
import type { Machine, State } from "./machine.ts";
import type { Subject } from "./subject.ts";
import type { EndReason, SubjectAlert } from "./subject-alert.ts";

/** What is told outside: that something is wrong, that it is worse or other than was said, that it is over. */
export type Notify = "firing" | "update" | "resolved";

/** A transition that is to be written. */
export interface Transition {
  readonly eventId: string;
  readonly atMs: number;
  readonly subject: Subject;
  /** Empty for the subject's alert. */
  readonly rule: string;
  readonly ruleVersion: string;
  readonly was: State;
  readonly state: State;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly alertId: string;
  readonly notify: Notify | "";
  readonly details: object;
}

type Base = Pick<Transition, "eventId" | "atMs" | "subject">;

export function ruleTransition(base: Base, rule: Rule, was: Machine, machine: Machine): Transition {
  const { state, sinceMs, untilMs, ...details } = machine;
  return {
    ...{ ...base, rule: rule.name, ruleVersion: rule.version, was: was.state, state, sinceMs, untilMs },
    ...{ alertId: "", notify: "", details },
  };
}

export interface AlertChange {
  readonly was: State;
  readonly notify: Notify | "";
}

export function alertTransition(base: Base, alert: SubjectAlert, { was, notify }: AlertChange): Transition {
  const { alertId, state, sinceMs, subject: _, ...details } = alert;
  return { ...base, rule: "", ruleVersion: "", was, state, sinceMs, alertId, notify, details };
}

export interface AlertEnd {
  readonly reason: EndReason;
  readonly untilMs: number;
}

/** The end of an alert; told when its beginning was. */
export function endTransition(base: Base, alert: SubjectAlert, { reason, untilMs }: AlertEnd): Transition {
  const ended = alertTransition(base, alert, { was: alert.state, notify: alert.told ? "resolved" : "" });
  return { ...ended, state: "ok", untilMs, details: { ...ended.details, ended: reason } };
}

/** The row that it becomes. */
export function rowOf(transition: Transition, number: number): AlertRow {
  const { subject, atMs, sinceMs, untilMs, details, ...rest } = transition;
  const { tenant, store, device } = subject;
  const time = (ms: number | undefined) =>
    ms === undefined || !Number.isFinite(ms) ? null : new Date(ms).toISOString();
  return {
    ...{ ...rest, number, tenant, store, device, at: time(atMs), since: time(sinceMs), until: time(untilMs) },
    details: JSON.stringify(details),
  };
}
