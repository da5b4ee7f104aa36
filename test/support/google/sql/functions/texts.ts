import { type Signature, signature } from "./signature.ts";

/** Texts, bytes, arrays, and what takes any type. */
export const TEXTS: readonly Signature[] = [
  signature("CONCAT STRING... -> STRING", (...all) => `(${all.join(" || ")})`),
  signature("|| STRING STRING -> STRING", (a, b) => `(${a} || ${b})`),
  signature("|| [T] [T] -> [T]", (a, b) => `list_concat(${a}, ${b})`),
  signature("STRPOS STRING STRING -> INT64", (text, part) => `CAST(strpos(${text}, ${part}) AS BIGINT)`),
  signature("SUBSTR STRING INT64 INT64? -> STRING", substr),
  signature("SUBSTRING STRING INT64 INT64? -> STRING", substr),
  signature("LEFT STRING INT64 -> STRING", (text, count) => `left(${text}, ${count})`),
  signature("RIGHT STRING INT64 -> STRING", (text, count) => `right(${text}, ${count})`),
  signature("LENGTH STRING -> INT64", (text) => `CAST(length(${text}) AS BIGINT)`),
  signature("CHAR_LENGTH STRING -> INT64", (text) => `CAST(length(${text}) AS BIGINT)`),
  signature("LENGTH BYTES -> INT64", (bytes) => `CAST(octet_length(${bytes}) AS BIGINT)`),
  signature("BYTE_LENGTH STRING -> INT64", (text) => `CAST(strlen(${text}) AS BIGINT)`),
  signature("LOWER STRING -> STRING", (text) => `lower(${text})`),
  signature("UPPER STRING -> STRING", (text) => `upper(${text})`),
  signature("TRIM STRING -> STRING", (text) => `trim(${text})`),
  signature("REPLACE STRING STRING STRING -> STRING", (text, from, to) => `replace(${text}, ${from}, ${to})`),
  signature(
    "LPAD STRING INT64 STRING -> STRING",
    (text, count, pad) => `lpad(${text}, CAST(${count} AS INTEGER), ${pad})`,
  ),
  signature("STARTS_WITH STRING STRING -> BOOL", (text, start) => `starts_with(${text}, ${start})`),
  signature("ENDS_WITH STRING STRING -> BOOL", (text, end) => `ends_with(${text}, ${end})`),
  signature("SPLIT STRING STRING -> [STRING]", (text, at) => `string_split(${text}, ${at})`),
  signature("LIKE STRING STRING -> BOOL", (text, pattern) => `(${text} LIKE ${pattern} ESCAPE '\\')`),
  signature("SHA256 STRING -> BYTES", (text) => `unhex(sha256(${text}))`),
  signature("SHA256 BYTES -> BYTES", (bytes) => `unhex(sha256(${bytes}))`),
  signature("MD5 STRING -> BYTES", (text) => `unhex(md5(${text}))`),
  signature("TO_HEX BYTES -> STRING", (bytes) => `lower(hex(${bytes}))`),
  signature("FROM_HEX STRING -> BYTES", (text) => `unhex(${text})`),
  signature("TO_BASE64 BYTES -> STRING", (bytes) => `to_base64(${bytes})`),
  signature("ARRAY_LENGTH [T] -> INT64", (array) => `CAST(len(${array}) AS BIGINT)`),
  signature("ARRAY_CONCAT [T] [T] -> [T]", (a, b) => `list_concat(${a}, ${b})`),
  signature("ARRAY_TO_STRING [STRING] STRING -> STRING", (array, by) => `array_to_string(${array}, ${by})`),
  signature("GENERATE_ARRAY INT64 INT64 -> [INT64]", (from, to) => `generate_series(${from}, ${to})`),
  signature("GENERATE_DATE_ARRAY DATE DATE -> [DATE]", days),
  signature("ERROR STRING -> NULL", (text) => `CAST(error(${text}) AS BIGINT)`),
  signature("IF BOOL T T -> T", (test, yes, no) => `(CASE WHEN ${test} THEN ${yes} ELSE ${no} END)`),
  signature("IFNULL T T -> T", (value, other) => `coalesce(${value}, ${other})`),
  signature("COALESCE T... -> T", (...all) => `coalesce(${all.join(", ")})`),
  signature("NULLIF T T -> T", (value, other) => `nullif(${value}, ${other})`),
  signature("GREATEST T... -> T", (...all) => unlessNull(all, "greatest")),
  signature("LEAST T... -> T", (...all) => unlessNull(all, "least")),
];

/** A place before the text, or 0, is its beginning. */
function substr(text: string, from: string, count?: string): string {
  const start = `(CASE WHEN ${from} = 0 OR ${from} < -length(${text}) THEN 1 ELSE ${from} END)`;
  if (count === undefined) return `substring(${text}, ${start})`;
  const failure = "CAST(error('Third argument in SUBSTR() cannot be negative') AS BIGINT)";
  return `substring(${text}, ${start}, CASE WHEN ${count} < 0 THEN ${failure} ELSE ${count} END)`;
}

function days(from: string, to: string): string {
  return `CAST(generate_series(CAST(${from} AS TIMESTAMP), CAST(${to} AS TIMESTAMP), INTERVAL 1 DAY) AS DATE[])`;
}

/** GoogleSQL gives NULL where one is NULL; DuckDB leaves it out. */
function unlessNull(all: readonly string[], name: string): string {
  const isNull = all.map((one) => `${one} IS NULL`).join(" OR ");
  return `(CASE WHEN ${isNull} THEN NULL ELSE ${name}(${all.join(", ")}) END)`;
}
