import type { Panel } from "./panel.ts";
import type { SeriesState } from "./series-state.ts";

/** `device`: the count is not believed. `explained`: it is unusual, and the world is the reason, not the device. */
export type FlagKind = "device" | "explained";

/** What one rule says of a stretch of one series. Raw values are never changed by it. */
export interface Flag {
  readonly series: string;
  /** First slot. */
  readonly from: number;
  /** The slot behind the last. */
  readonly to: number;
  readonly rule: string;
  readonly version: number;
  readonly kind: FlagKind;
  /** The value stands all the same: it was loaded again, and the latest load is right. */
  readonly isKept?: boolean;
  /** Chance that the rule is right, 0..1, as the odds of its evidence against its prior give it. */
  readonly confidence: number;
  /** The numbers that decided, finite, by name. */
  readonly evidence: Readonly<Record<string, number>>;
}

/** What a rule may look at. It changes nothing. */
export interface RuleContext {
  readonly panel: Panel;
  readonly state: SeriesState;
  /** All series of the panel, for what siblings say. */
  readonly all: readonly SeriesState[];
}

/** One reason not to believe a count. The runner asks each rule for each series, in a fixed order, and takes out what it flags. */
export interface Rule {
  readonly name: string;
  /** Raised with any change that can change a flag. */
  readonly version: number;
  find(context: RuleContext): Flag[];
}

type FlagBody = Pick<Flag, "from" | "to" | "confidence" | "evidence" | "isKept"> & { readonly kind?: FlagKind };

/** A flag of `rule` on the series of `context`; a device fault unless it says otherwise. */
export function flagOf({ name, version }: Rule, { state }: RuleContext, body: FlagBody): Flag {
  return { series: state.name, rule: name, version, kind: "device", ...body };
}

/** Confidence of log-evidence against log prior odds, both in nats. */
export const confidenceOf = (evidence: number, prior: number): number => 1 / (1 + Math.exp(prior - evidence));
