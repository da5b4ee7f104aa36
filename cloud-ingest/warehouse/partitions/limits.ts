/**
 * Limits of BigQuery that a plan keeps. Source: docs.cloud.google.com/bigquery/quotas (partitioned tables, queries) and
 * docs.cloud.google.com/bigquery/docs/streaming-data-into-bigquery (what may be streamed), as of 2026-11.
 */

/** Partitions that one job may modify. */
export const JOB_PARTITIONS = 4_000;

/** Partitions that a planned job touches at most: an eighth of room, so that rows which appear meanwhile break no job. */
export const PLANNED_PARTITIONS = 3_500;

/** Partitions that one table may hold. */
export const TABLE_PARTITIONS = 10_000;

/**
 * Dates that one condition lists at most: at some 19 characters each they stay a fifth of the longest statement (1 MB), which may
 * say the condition more than once.
 */
export const LISTED_DATES = 10_000;

/** Days before today that an append stream is trusted to reach: the documented 10 years at their shortest, less a day. */
export const STREAM_BACK_DAYS = 10 * 365 - 1;

/** Days after today that an append stream is trusted to reach: the documented year at its shortest, less a day. */
export const STREAM_AHEAD_DAYS = 365 - 1;

/** Statements that change one table and run at once; BigQuery runs two and lets the others wait. */
export const PARTS_AT_ONCE = 2;
