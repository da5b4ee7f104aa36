import { ApiError } from "../bigquery/api-error.ts";

/** Where a token stands in the statement: line and column, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What BigQuery answers to a statement that it cannot run. */
export function invalidQuery(message: string, at?: Place): ApiError {
  return new ApiError(400, "invalidQuery", at ? `${message} at [${at.line}:${at.column}]` : message);
}

export function syntaxError(message: string, at: Place): ApiError {
  return invalidQuery(`Syntax error: ${message}`, at);
}

/** A statement that BigQuery may know and this double does not: it never runs as something else. */
export function beyondSubset(what: string, at?: Place): ApiError {
  return invalidQuery(`the fake's SQL does not know ${what}`, at);
}
