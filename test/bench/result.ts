/** What a benchmark measured, as lines for people. */
export interface BenchResult {
  readonly name: string;
  readonly lines: readonly string[];
  /** The same for programs, with the unit in each name. */
  readonly figures?: Readonly<Record<string, number>>;
}

export const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
