import { Ajv } from "ajv";
import addFormats from "ajv-formats";

/** Years before or after cannot be written as RFC 3339 in UTC. */
export const FIRST_INSTANT_MS = Date.parse("0001-01-01T00:00:00Z");
export const LAST_INSTANT_MS = Date.parse("9999-12-31T23:59:59.999Z");

const ajv = new Ajv();
addFormats.default(ajv, ["date-time"]);
const isRfc3339 = ajv.compile({ type: "string", format: "date-time" });

/** A time of day in UTC, behind a date. */
const UTC_TIME = /^T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
const DATE_LENGTH = 10;
/** Of the last instant in UTC that was one: nearly all of a day's messages share it. */
let knownDate = " ".repeat(DATE_LENGTH);

/**
 * The standard format narrowed to instants that a clock can show. A leap second passes RFC 3339 but no clock of ours nor of a
 * warehouse, and to guess a neighbouring second would be a time that the device did not say.
 */
export function isInstant(text: string): boolean {
  if (text.startsWith(knownDate) && UTC_TIME.test(text.slice(DATE_LENGTH))) return true;
  const ms = Date.parse(text);
  const is = isRfc3339(text) && ms >= FIRST_INSTANT_MS && ms <= LAST_INSTANT_MS;
  if (is && UTC_TIME.test(text.slice(DATE_LENGTH))) knownDate = text.slice(0, DATE_LENGTH);
  return is;
}
