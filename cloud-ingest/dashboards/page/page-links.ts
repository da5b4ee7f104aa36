/** Where a page links to; relative or absolute addresses. */
export interface PageLinks {
  readonly csv: string;
  /** Of the people inside, by hour. */
  readonly occupancyCsv?: string;
  readonly index?: string;
  /** How far its counts can be believed, for who looks after the devices. */
  readonly quality?: string;
  /** True where the page's own address takes `from` and `to`. */
  readonly hasPeriodForm?: boolean;
  /** Where the same page is with the other counts: repaired ones, while it shows those that came, or the other way round. */
  readonly otherValues?: { readonly href: string; readonly isRaw: boolean };
}
