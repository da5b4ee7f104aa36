import { addDays, dateOfMs, daysIn, FIRST_DATE } from "../../calendar.ts";
import type { PartitionUnit } from "./partitioning.ts";

const FIRST_YEAR = Number(FIRST_DATE.slice(0, 4));

/** The number of the partition that holds a date: days or months since the first date of all, from 0, without gaps. */
export function partitionNumber(date: string, unit: PartitionUnit): number {
  return unit === "day" ? daysIn({ from: FIRST_DATE, to: date }) - 1 : monthNumber(date);
}

/** The first date of a partition: turns `partitionNumber` round. */
export function firstDateOf(number: number, unit: PartitionUnit): string {
  return unit === "day" ? addDays(FIRST_DATE, number) : dateOfMs(Date.UTC(FIRST_YEAR, number, 1));
}

function monthNumber(date: string): number {
  return (Number(date.slice(0, 4)) - FIRST_YEAR) * 12 + Number(date.slice(5, 7)) - 1;
}
