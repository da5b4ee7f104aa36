import { clusterDays } from "./cluster-days.ts";
import { clusterSeries } from "./cluster-series.ts";
import type { ClusterWish } from "./cluster-thread.ts";
import type { ClusterReport } from "./report.ts";

/** The report that a wish asks for, without candidates that were not stable. */
export function answerWish({ of, panel, previous }: ClusterWish): ClusterReport {
  const options = { previous, isBrief: true };
  return of === "days" ? clusterDays(panel, 0, options) : clusterSeries(panel, options);
}
