import type { ReplayedAlert } from "./replay.ts";
import { type Subject, subjectKey } from "./subject.ts";

/** A stretch in which people said that a subject's alert was none, or its shop closed. */
export interface FalseSpan {
  readonly subject: Subject;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ReplayDiff {
  /** Told by the new rules alone. */
  readonly added: readonly ReplayedAlert[];
  /** Told by the present rules alone. */
  readonly removed: readonly ReplayedAlert[];
  /** Told by both; `earlierMs` is how much sooner the new rules would have been, negative when later. */
  readonly kept: readonly {
    readonly before: ReplayedAlert;
    readonly after: ReplayedAlert;
    readonly earlierMs: number;
  }[];
  /** How many of each people have called false, or their shop closed. */
  readonly falseBefore: number;
  readonly falseAfter: number;
}

/** What a change of rules would have changed: alerts of one subject that overlap are the same one, each taken once. */
export function diffOf(
  before: readonly ReplayedAlert[],
  after: readonly ReplayedAlert[],
  falsehoods: readonly FalseSpan[] = [],
): ReplayDiff {
  const left = [...before];
  const kept: { before: ReplayedAlert; after: ReplayedAlert; earlierMs: number }[] = [];
  const added: ReplayedAlert[] = [];
  for (const alert of after) {
    const at = left.findIndex((one) => subjectKey(one.subject) === subjectKey(alert.subject) && overlap(one, alert));
    const [same] = at < 0 ? [] : left.splice(at, 1);
    if (same) kept.push({ before: same, after: alert, earlierMs: same.toldMs - alert.toldMs });
    else added.push(alert);
  }
  const falseOf = (alerts: readonly ReplayedAlert[]) => alerts.filter((alert) => isFalse(alert, falsehoods)).length;
  return { added, removed: left, kept, falseBefore: falseOf(before), falseAfter: falseOf(after) };
}

function overlap(a: ReplayedAlert, b: ReplayedAlert): boolean {
  const end = ({ endedMs = Number.POSITIVE_INFINITY }: ReplayedAlert) => endedMs;
  return a.sinceMs <= end(b) && b.sinceMs <= end(a);
}

function isFalse(
  { subject, sinceMs, endedMs = Number.POSITIVE_INFINITY }: ReplayedAlert,
  spans: readonly FalseSpan[],
): boolean {
  return spans.some(
    (span) =>
      span.subject.tenant === subject.tenant &&
      span.subject.store === subject.store &&
      (span.subject.device === "" || span.subject.device === subject.device) &&
      span.fromMs <= endedMs &&
      sinceMs <= span.toMs,
  );
}
