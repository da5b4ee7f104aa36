import type { Candidate } from "./choose-k.ts";
import type { Name } from "./names.ts";

/** One cluster, as people and programs read it. */
export interface ClusterRow {
  /** Kept from run to run for the cluster that holds the same members. */
  readonly id: number;
  readonly name: Name;
  readonly size: number;
  readonly members: readonly string[];
  /** The mean profile: shares that add up to 1, by hour of the week from Monday 00 (days: by hour of the day). */
  readonly shares: readonly number[];
}

/** Where one series (or date) lies. */
export interface MemberRow {
  readonly series: string;
  readonly cluster: number;
  /** 1 well within, 0 between two clusters, below 0 nearer to another. */
  readonly silhouette: number;
  /** Distance to the centre of its cluster, 0..1.42. */
  readonly distance: number;
  /** Farther from its centre than its cluster explains. */
  readonly isOdd: boolean;
}

export interface Move {
  readonly series: string;
  readonly from: number;
  readonly to: number;
}

export interface ClusterReport {
  readonly of: "series" | "days";
  /** Number of clusters; 1 where no more are stable. */
  readonly k: number;
  readonly silhouette: number;
  /** Agreement of two halves of the data at this k; undefined for one cluster. */
  readonly splitHalf: number | undefined;
  readonly clusters: readonly ClusterRow[];
  readonly series: readonly MemberRow[];
  readonly odd: readonly string[];
  readonly leftOut: readonly { readonly series: string; readonly reason: string }[];
  readonly candidates: readonly Candidate[];
  /** Compared with the run before; empty without one. */
  readonly moved: readonly Move[];
  /** Beside the client's own segments: agreement (adjusted Rand index) and how many of each lie where. */
  readonly segments?: { readonly agreement: number; readonly table: readonly SegmentRow[] };
}

export interface SegmentRow {
  readonly segment: string;
  readonly cluster: number;
  readonly count: number;
}

/** What of a report the next run is matched to. */
export type Previous = Pick<ClusterReport, "of" | "series">;
