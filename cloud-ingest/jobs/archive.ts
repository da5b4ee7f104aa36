import type { Clock } from "../../firmware-config/kit/clock.ts";
import { addDays, dateOfMs } from "../calendar.ts";
import type { JobsConfig } from "../config.ts";
import type { JobStore } from "../warehouse/port.ts";
import { scheduleOf } from "./cron.ts";
import type { Job } from "./job.ts";

export interface ArchiveParts {
  readonly config: JobsConfig;
  readonly warehouse: JobStore;
  readonly clock: Clock;
}

/** Moves the UTC days to Parquet that are closed and older than the last `hotDays` closed ones. */
export function archiveJob({ config, warehouse, clock }: ArchiveParts): Job {
  return {
    ...{ name: "archive", description: "closed days to Parquet", lane: "quick", stepTimeoutS: 6 * 3_600, retries: 2 },
    schedule: scheduleOf("jobs.archive", config.archive),
    plan: async ({ to }) => {
      const closed = addDays(dateOfMs(clock.nowMs()), -1 - config.hotDays);
      const upTo = to !== undefined && to < closed ? to : closed;
      const run = async () => ({ counts: await warehouse.archive(upTo) });
      return { details: { upTo }, steps: [{ key: upTo, run }] };
    },
  };
}
