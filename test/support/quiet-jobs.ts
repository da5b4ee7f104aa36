import type { JobsConfig } from "../../cloud-ingest/config.ts";

/** A date that comes once in four years. */
export const NEVER = "0 0 29 2 *";

/** Jobs that no clock starts. */
export const QUIET_JOBS: JobsConfig = {
  ...{ rollUp: NEVER, archive: NEVER, quality: NEVER },
  ...{ forecast: NEVER, today: NEVER, renewForecast: NEVER, cluster: NEVER },
  hotDays: 3,
};
