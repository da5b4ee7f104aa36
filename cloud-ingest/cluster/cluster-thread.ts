import { AskThread } from "../../firmware-config/kit/ask-thread.ts";
import { scriptUrl } from "../../firmware-config/kit/script-url.ts";
import type { Panel } from "../quality/panel.ts";
import type { ClusterReport, Previous } from "./report.ts";

/** What is to be clustered: the series of a panel, or the days of its first one. */
export interface ClusterWish {
  readonly of: ClusterReport["of"];
  readonly panel: Panel;
  readonly previous: Previous;
}

/** Clusters in a thread of its own: a thousand stores take half a minute, in which the process must answer. */
export const createClusterThread = (): AskThread<ClusterWish, ClusterReport> =>
  new AskThread(() => scriptUrl(import.meta.url, "cloud-ingest", "cluster/cluster-worker.js"));
