import { type ArchiveParts, archiveJob } from "./archive.ts";
import type { Job } from "./job.ts";
import { type RollUpParts, rollUpJob } from "./roll-up.ts";

export type JobParts = ArchiveParts & RollUpParts;

/** Every job that there is. */
export const allJobs = (parts: JobParts): readonly Job[] => [rollUpJob(parts), archiveJob(parts)];
