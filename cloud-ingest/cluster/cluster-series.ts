import type { Panel } from "../quality/panel.ts";
import { chooseK, halvesAgree, type OnDone } from "./choose-k.ts";
import { compose } from "./compose.ts";
import { weekNames } from "./names.ts";
import { weekProfile } from "./profile.ts";
import type { ClusterReport, Previous } from "./report.ts";

export interface ClusterOptions {
  /** The run before: its ids are kept. */
  readonly previous?: Previous | undefined;
  /** The client's own segment by series. */
  readonly segments?: ReadonlyMap<string, string> | undefined;
  readonly onDone?: OnDone;
  /** True where nobody reads the candidates, which takes half the time; the clusters are the same. */
  readonly isBrief?: boolean;
}

/**
 * Series (stores, doors, zones) whose weeks are alike, by the shares of the 168 hours; how many people come is no part of it. Needs an
 * hourly panel of values that can be believed, NaN where there are none. The same panel gives the same report to the last digit.
 */
export function clusterSeries(
  panel: Panel,
  { previous, segments, onDone, isBrief }: ClusterOptions = {},
): ClusterReport {
  const profiles = panel.names.map((_, index) => profileOf(panel, index));
  const fit = panel.names.flatMap((series, index) => {
    const profile = profiles[index];
    return profile && !("reason" in profile) ? [{ series, ...profile }] : [];
  });
  const leftOut = panel.names.flatMap((series, index) => {
    const profile = profiles[index];
    return profile && "reason" in profile ? [{ series, reason: profile.reason }] : [];
  });
  const points = fit.map(({ whole }) => whole);
  const agree = halvesAgree([fit.map(({ even }) => even), fit.map(({ odd }) => odd)]);
  const choice = chooseK(points, agree, { onDone, isBrief });
  const clusterNames = weekNames(choice.partition.centroids, points);
  const names = fit.map(({ series }) => series);
  return compose({ of: "series", names, points, choice, clusterNames, leftOut, previous, segments });
}

function profileOf(panel: Panel, index: number) {
  const [whole, even, odd] = (["all", "even", "odd"] as const).map((weeks) => weekProfile(panel, index, weeks));
  const reason = [whole, even, odd].find((profile) => typeof profile === "string");
  if (typeof whole === "object" && typeof even === "object" && typeof odd === "object") return { whole, even, odd };
  return { reason: String(reason) };
}
