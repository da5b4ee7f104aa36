import type { DateRange } from "../calendar.ts";
import type { DeviceStatus, StoreInfo, TrafficRow } from "../warehouse/port.ts";
import type { FaultyView } from "./camera-views.ts";
import type { ForecastView } from "./forecast/forecast-view.ts";
import type { Premises } from "./occupancy/premises.ts";

/** What a store's page is made of. */
export interface StoreReport {
  readonly store: StoreInfo;
  readonly range: DateRange;
  /** Hours of the last days of the range; earlier ones tell what to expect and serve the comparison. */
  readonly hourly: readonly TrafficRow[];
  /** Hours of the date after the range: a shop may be open past midnight. */
  readonly after?: readonly TrafficRow[];
  /** What is known of the shop beside its counts; left out: nothing. */
  readonly premises?: Premises;
  /** What is expected, and how forecasts went; left out: nothing is shown of it. */
  readonly forecast?: ForecastView;
  /** Days of the range and of four weeks before; of dates that have hours these are added up instead. */
  readonly daily: readonly TrafficRow[];
  /** All windows of the newest date when it has a few hours only. */
  readonly windows: readonly TrafficRow[];
  /** Local end of the newest window in which a camera watched or counted, where the warehouse can tell. */
  readonly seenUntil?: string;
  /** Dates of the range of which the warehouse cannot read some counts now: their numbers are those of the last roll-up. */
  readonly unreadable: readonly string[];
  readonly devices: readonly DeviceStatus[];
  /** Cameras whose view has a fault now; left out: not asked. */
  readonly views?: readonly FaultyView[];
  readonly generatedAt: Date;
}
