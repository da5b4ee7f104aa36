import type { State } from "../engine/machine.ts";
import type { Subject } from "../engine/subject.ts";
import type { EndReason } from "../engine/subject-alert.ts";
import type { Notify } from "../engine/transition.ts";
import type { Finding } from "../rules/judge.ts";
import type { Consequence, Severity } from "../rules/rule-config.ts";

/** A text in both languages. */
export interface Bilingual {
  readonly en: string;
  readonly ja: string;
}

export type Language = keyof Bilingual;

export interface ShownReason {
  readonly rule: string;
  readonly title: Bilingual;
  readonly severity: Severity;
  readonly state: State;
  readonly since: string;
  readonly owner: string;
  readonly consequence: Consequence;
  readonly runbook: Bilingual;
  readonly findings: readonly Finding[];
}

/** An alert as it is told. */
export interface ShownAlert {
  readonly alertId: string;
  readonly subject: Subject;
  readonly state: State;
  readonly severity: Severity;
  /** RFC 3339 UTC; the first bad evidence, and of one that has ended the first good one. */
  readonly since: string;
  readonly until?: string;
  readonly ended?: EndReason;
  /** The most severe first. */
  readonly reasons: readonly ShownReason[];
}

/** Something that is to be told once; `id` is the same however often it is sent. */
export interface Notification {
  readonly id: string;
  /** Grows; those of one alert are sent in its order. */
  readonly number: number;
  readonly at: string;
  readonly kind: Notify;
  readonly alert: ShownAlert;
}

/** A change of the system, for who looks for the cause of an incident. */
export interface Change {
  readonly at: string;
  readonly summary: string;
  readonly details: Readonly<Record<string, string>>;
}

/** Where notifications go. Called by `Delivery`, one call at a time; what a call throws is tried again. */
export interface Sink {
  /** So many notifications of one store it takes in one call. */
  readonly atOnce: number;
  /** Returns when the receiver has taken all of them. Throws `NotTaken`; then they come again, with the same ids. */
  deliver(notifications: readonly Notification[], signal: AbortSignal): Promise<void>;
  /** Tells how things stand, again and again; left out where what was told once holds. */
  readonly lease?: Lease;
  /** Left out where nobody looks for changes. */
  change?(change: Change, signal: AbortSignal): Promise<void>;
}

export interface Lease {
  readonly everyMs: number;
  /** `open`: every alert that was told and has not ended. */
  renew(open: readonly ShownAlert[], signal: AbortSignal): Promise<void>;
}

/** The receiver has not taken it. */
export class NotTaken extends Error {
  override readonly name = "NotTaken";
  /** It never will: nothing is gained by sending it again. */
  readonly isFinal: boolean;
  /** For how long it wants to be left alone. */
  readonly afterMs: number | undefined;

  constructor(reason: string, { isFinal = false, afterMs }: { isFinal?: boolean; afterMs?: number | undefined } = {}) {
    super(reason);
    this.isFinal = isFinal;
    this.afterMs = afterMs;
  }
}
