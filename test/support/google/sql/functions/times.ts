import { type Signature, signature } from "./signature.ts";

/** Dates and times; those that name a part, such as DAY, are in `time-parts.ts`. */
export const TIMES: readonly Signature[] = [
  signature("DATE TIMESTAMP STRING? -> DATE", (time, zone) => `CAST(${local(time, zone)} AS DATE)`),
  signature("DATE DATETIME -> DATE", (time) => `CAST(${time} AS DATE)`),
  signature("DATE DATE -> DATE", (day) => day),
  signature("DATE INT64 INT64 INT64 -> DATE", (year, month, day) => `make_date(${year}, ${month}, ${day})`),
  signature("DATETIME TIMESTAMP STRING? -> DATETIME", local),
  signature("DATETIME DATETIME -> DATETIME", (time) => time),
  signature("DATETIME DATE -> DATETIME", (day) => `CAST(${day} AS TIMESTAMP)`),
  signature(
    "DATETIME INT64 INT64 INT64 INT64 INT64 INT64 -> DATETIME",
    (...parts) => `make_timestamp(${parts.slice(0, 5).join(", ")}, CAST(${parts[5]} AS DOUBLE))`,
  ),
  signature("TIMESTAMP TIMESTAMP -> TIMESTAMP", (time) => time),
  signature("TIMESTAMP DATETIME STRING? -> TIMESTAMP", universal),
  signature("TIMESTAMP DATE STRING? -> TIMESTAMP", (day, zone) => universal(`CAST(${day} AS TIMESTAMP)`, zone)),
  signature("TIMESTAMP STRING -> TIMESTAMP", (text) => `CAST(CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`),
  signature("UNIX_MICROS TIMESTAMP -> INT64", (time) => `epoch_us(${time})`),
  signature("UNIX_MILLIS TIMESTAMP -> INT64", (time) => floored(`epoch_us(${time})`, 1000)),
  signature("UNIX_SECONDS TIMESTAMP -> INT64", (time) => floored(`epoch_us(${time})`, 1_000_000)),
  signature("UNIX_DATE DATE -> INT64", (day) => `CAST(date_diff('day', DATE '1970-01-01', ${day}) AS BIGINT)`),
  signature("DATE_FROM_UNIX_DATE INT64 -> DATE", (days) => `(DATE '1970-01-01' + CAST(${days} AS INTEGER))`),
  signature("TIMESTAMP_MICROS INT64 -> TIMESTAMP", (count) => `make_timestamp(${count})`),
  signature("TIMESTAMP_MILLIS INT64 -> TIMESTAMP", (count) => `make_timestamp(${count} * CAST(1000 AS BIGINT))`),
  signature("TIMESTAMP_SECONDS INT64 -> TIMESTAMP", (count) => `make_timestamp(${count} * CAST(1000000 AS BIGINT))`),
  signature("LAST_DAY DATE -> DATE", (day) => `last_day(${day})`),
];

/** The time that clocks in the zone show. */
export function local(time: string, zone?: string): string {
  return zone === undefined ? time : `timezone(${zone}, timezone('UTC', ${time}))`;
}

/** The point in time at which clocks in the zone show this. */
export function universal(time: string, zone?: string): string {
  return zone === undefined ? time : `timezone('UTC', timezone(${zone}, ${time}))`;
}

function floored(micros: string, unit: number): string {
  return `CAST(floor(${micros} / ${unit}.0) AS BIGINT)`;
}
