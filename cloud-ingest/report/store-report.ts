import type { DateRange } from "../calendar.ts";
import type { DeviceStatus, StoreInfo, TrafficRow } from "../warehouse/port.ts";

/** What a store's page is made of. */
export interface StoreReport {
  readonly store: StoreInfo;
  readonly range: DateRange;
  /** Hours of the last days of the range; earlier ones tell what to expect and serve the comparison. */
  readonly hourly: readonly TrafficRow[];
  /** Days of the range and of four weeks before; dates of the hours are added up from these. */
  readonly daily: readonly TrafficRow[];
  /** All windows of today, of dates that the roll-up has not caught up with, and of one with a few hours only. */
  readonly windows: readonly TrafficRow[];
  readonly devices: readonly DeviceStatus[];
  readonly generatedAt: Date;
}
