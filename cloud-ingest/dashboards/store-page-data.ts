import type { DateRange } from "../calendar.ts";
import type { DeviceStatus, StoreInfo, TrafficRow } from "../warehouse/port.ts";

/** Where a page links to; relative or absolute addresses. */
export interface PageLinks {
  readonly csv: string;
  readonly index?: string;
  /** True where the page's own address takes `from` and `to`. */
  readonly hasPeriodForm?: boolean;
}

/** What a store's page is made of. */
export interface StorePageData {
  readonly store: StoreInfo;
  readonly range: DateRange;
  /** Hours of the last days of the range; earlier ones serve the comparison with the same weekday. */
  readonly hourly: readonly TrafficRow[];
  /** Days of the range; dates that the roll-up has not reached are added up from the hours. */
  readonly daily: readonly TrafficRow[];
  /** Windows of a date with a few hours of data only, or with no hours yet. */
  readonly windows: readonly TrafficRow[];
  readonly devices: readonly DeviceStatus[];
  readonly generatedAt: Date;
  readonly links?: PageLinks;
}
