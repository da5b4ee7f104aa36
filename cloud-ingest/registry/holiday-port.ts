/** Which dates of a place are days off. */
export interface HolidaySource {
  /**
   * Names by date `YYYY-MM-DD` of the years, both included. A region is let go of where none of the country's has holidays
   * of its own; throws `AppError` for a place that is not known.
   */
  holidays(place: Place, fromYear: number, toYear: number): ReadonlyMap<string, string>;

  /** What is wrong with a place, and which part of it; undefined for one that is known. Asked of each place of a registry at its load. */
  fault(place: Place): PlaceFault | undefined;
}

export interface PlaceFault {
  readonly key: keyof Place;
  readonly text: string;
}

export interface Place {
  /** ISO 3166 code. */
  readonly country: string;
  /** ISO 3166-2 code without the country. */
  readonly region?: string;
}
