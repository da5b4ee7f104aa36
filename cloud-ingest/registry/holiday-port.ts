/** Which dates of a place are days off. */
export interface HolidaySource {
  /**
   * Names by date `YYYY-MM-DD` of the years, both included. `region` is let go of where the country has none of its own; throws
   * `AppError` for a place that is not known.
   */
  holidays(place: Place, fromYear: number, toYear: number): ReadonlyMap<string, string>;
}

export interface Place {
  /** ISO 3166 code. */
  readonly country: string;
  /** ISO 3166-2 code without the country. */
  readonly region?: string;
}
