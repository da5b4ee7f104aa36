import type { SoakRow, SoakSample } from "./sample.ts";

const COLUMNS = [
  { title: "minute", value: ({ minute }: SoakRow) => minute },
  { title: "rss MB", value: ({ rssMb }: SoakRow) => rssMb },
  { title: "heap MB", value: ({ heapMb }: SoakRow) => heapMb },
  { title: "buffers MB", value: ({ externalMb }: SoakRow) => externalMb },
  { title: "DuckDB MB", value: ({ duckdbMb }: SoakRow) => duckdbMb },
  { title: "file MB", value: ({ databaseMb }: SoakRow) => databaseMb },
  { title: "log MB", value: ({ walMb }: SoakRow) => walMb },
  { title: "waiting", value: ({ depth }: SoakRow) => depth },
  { title: "stored", value: ({ stored }: SoakRow) => stored },
] as const;
const WIDTH = 11;

export const TABLE_HEADER = COLUMNS.map(({ title }) => title.padStart(WIDTH)).join("");

export const lineOf = (row: SoakRow) =>
  COLUMNS.map(({ value }) => String(Math.round(value(row))).padStart(WIDTH)).join("");

/** A sample beside what the clients had acknowledged at that moment. */
export const rowOf = (sample: SoakSample, minute: number, acked: number): SoakRow => {
  return { ...sample, minute, acked, depth: acked - sample.settled };
};

/** The sample of the minute with the least memory: between two collections of garbage memory rises and falls by a hundred megabytes. */
export function lowestOf(samples: readonly SoakRow[]): SoakRow | undefined {
  const last = samples.at(-1);
  const lowest = samples.toSorted((a, b) => a.rssMb - b.rssMb)[0];
  if (!last || !lowest) return undefined;
  const { minute, acked, depth, stored } = last;
  return { ...lowest, minute, acked, depth, stored };
}
