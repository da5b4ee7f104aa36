/** What a benchmark measured, as lines for people. */
export interface BenchResult {
  readonly name: string;
  readonly lines: readonly string[];
}

export const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
