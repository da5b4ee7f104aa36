/** Where a page links to; relative or absolute addresses. */
export interface PageLinks {
  readonly csv: string;
  readonly index?: string;
  /** True where the page's own address takes `from` and `to`. */
  readonly hasPeriodForm?: boolean;
}
