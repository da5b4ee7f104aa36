import type { AlertsConfig } from "../../cloud-ingest/alerts/alerts-config.ts";

/** As a configuration without a word of alerts has them. */
export const QUIET_ALERTS: AlertsConfig = {
  ...{ tickS: 60, groupWaitS: 60, groupIntervalS: 300, keepDays: 400 },
  ...{ maintenance: [], sinks: [] },
};
