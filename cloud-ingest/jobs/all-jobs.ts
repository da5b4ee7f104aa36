import { type ArchiveParts, archiveJob } from "./archive.ts";
import { type ClusterParts, clusterJob } from "./cluster/cluster-job.ts";
import { type ForecastParts, forecastJob, renewForecastJob } from "./forecast/forecast-job.ts";
import { todayJob } from "./forecast/today-job.ts";
import type { Job } from "./job.ts";
import { QUALITY, type QualityParts, qualityJob } from "./quality/quality-job.ts";
import { type RollUpParts, rollUpJob } from "./roll-up.ts";

export type JobParts = ArchiveParts & Omit<RollUpParts, "readers"> & QualityParts & ForecastParts & ClusterParts;

/** Jobs that work on from the roll-up. */
const READERS = [QUALITY];

/** Every job that there is. */
export const allJobs = (parts: JobParts): readonly Job[] => [
  rollUpJob({ ...parts, readers: READERS }),
  archiveJob(parts),
  qualityJob(parts),
  forecastJob(parts),
  todayJob(parts),
  renewForecastJob(parts),
  clusterJob(parts),
];
