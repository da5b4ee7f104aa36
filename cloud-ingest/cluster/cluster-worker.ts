import { answerAll } from "../../firmware-config/kit/ask-thread.ts";
import { clusterSeries } from "./cluster-series.ts";
import type { ClusterWish } from "./cluster-thread.ts";

answerAll(({ panel, previous }: ClusterWish) => clusterSeries(panel, { previous }));
