import type { Clock } from "../../firmware-config/kit/clock.ts";
import { addDays, dateOfMs } from "../calendar.ts";
import type { JobStore } from "../warehouse/port.ts";

/** What an archive run did. */
export interface ArchiveSummary {
  readonly upTo: string;
  readonly partitions: number;
  readonly rows: number;
}

/** Moves the UTC days to Parquet that are closed and older than the last `hotDays` closed ones. */
export async function runArchive(warehouse: JobStore, hotDays: number, clock: Clock): Promise<ArchiveSummary> {
  const upTo = addDays(dateOfMs(clock.nowMs()), -1 - hotDays);
  return { upTo, ...(await warehouse.archive(upTo)) };
}
