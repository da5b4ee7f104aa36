import { clusterDays } from "../../../cloud-ingest/cluster/cluster-days.ts";
import { clusterSeries } from "../../../cloud-ingest/cluster/cluster-series.ts";
import type { ClusterReport } from "../../../cloud-ingest/cluster/report.ts";
import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { madeWeeks, SHAPES } from "../../cloud-ingest/cluster/made-weeks.ts";

const STORES = 1000;
const WEEKS = 26;
const KINDS = Object.values(SHAPES);

/** How stable the clusters of real series are, and how long those of many made stores and their kinds of days take, as the job asks for them. */
export function clusterLines(real: Panel): string[] {
  const { isMissing } = judgePanel(real);
  const believed = real.values.map((counts, i) =>
    counts.map((count, slot) => (isMissing[i]?.[slot] === 1 ? Number.NaN : count)),
  );
  const made = madeTown();
  const town = timed(() => clusterSeries(made));
  const brief = timed(() => clusterSeries(made, { isBrief: true }));
  const days = timed(() => made.names.map((_, index) => clusterDays(made, index, { isBrief: true })));
  const kinds = days.result.filter(({ k }) => k > 1).length;
  return [
    `Melbourne, ${real.names.length} sensors: ${told(clusterSeries({ ...real, values: believed }))} (goal: agreement 1.00)`,
    `${STORES} made stores of three kinds and what lies between, ${WEEKS} weeks: ${told(town.result)}; ${town.cpuS} s of CPU, ${brief.cpuS} s without candidates`,
    `their kinds of days: ${days.cpuS} s of CPU; ${kinds} have more than one`,
  ];
}

function timed<T>(work: () => T): { readonly result: T; readonly cpuS: string } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuS: ((user + system) / 1e6).toFixed(1) };
}

function told({ k, silhouette, splitHalf = Number.NaN, candidates }: ClusterReport): string {
  const others = candidates.map((one) => `${one.k}: ${one.splitHalf.toFixed(2)}`).join(", ");
  return `k = ${k}, silhouette ${silhouette.toFixed(2)}, halves agree ${splitHalf.toFixed(2)} (by k ${others})`;
}

/** Each is one kind with some of another in it. */
function madeTown(): Panel {
  const series = Array.from({ length: STORES }, (_, i) => {
    const [own, other] = [KINDS[i % KINDS.length]!, KINDS[(i + 1) % KINDS.length]!];
    const share = ((i * 7919) % 100) / 300;
    const shape = (day: number, hour: number) => (1 - share) * own(day, hour) + share * other(day, hour);
    return { name: `store-${i}`, shape, size: 1 + (i % 7) };
  });
  return madeWeeks(series, WEEKS);
}
