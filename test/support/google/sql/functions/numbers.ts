import { type Signature, signature } from "./signature.ts";

/** Operators and functions on numbers and conditions. */
export const NUMBERS: readonly Signature[] = [
  ...["+", "-", "*"].flatMap((sign) =>
    ["INT64", "NUMERIC", "FLOAT64"].map((type) =>
      signature(`${sign} ${type} ${type} -> ${type}`, (a, b) => `(${a} ${sign} ${b})`),
    ),
  ),
  signature("/ FLOAT64 FLOAT64 -> FLOAT64", (a, b) => divided(a, b, "/")),
  signature("DIV INT64 INT64 -> INT64", (a, b) => divided(a, b, "//")),
  signature("MOD INT64 INT64 -> INT64", (a, b) => divided(a, b, "%")),
  signature("SAFE_DIVIDE FLOAT64 FLOAT64 -> FLOAT64", (a, b) => `(CASE WHEN ${b} != 0 THEN ${a} / ${b} END)`),
  ...["INT64", "NUMERIC", "FLOAT64"].flatMap((type) => [
    signature(`NEGATE ${type} -> ${type}`, (value) => `(-${value})`),
    signature(`ABS ${type} -> ${type}`, (value) => `abs(${value})`),
  ]),
  signature("SIGN INT64 -> INT64", (value) => `CAST(sign(${value}) AS BIGINT)`),
  signature("ROUND FLOAT64 -> FLOAT64", (value) => `round(${value})`),
  signature("ROUND FLOAT64 INT64 -> FLOAT64", (value, digits) => `round(${value}, CAST(${digits} AS INTEGER))`),
  ...["FLOOR", "CEIL", "TRUNC", "SQRT", "EXP", "LN"].map((name) =>
    signature(`${name} FLOAT64 -> FLOAT64`, (value) => `${name.toLowerCase()}(${value})`),
  ),
  signature("POW FLOAT64 FLOAT64 -> FLOAT64", (base, exponent) => `pow(${base}, ${exponent})`),
  signature("AND BOOL BOOL -> BOOL", (a, b) => `(${a} AND ${b})`),
  signature("OR BOOL BOOL -> BOOL", (a, b) => `(${a} OR ${b})`),
  signature("NOT BOOL -> BOOL", (value) => `(NOT ${value})`),
  ...["TRUE", "FALSE"].flatMap((word) => [
    signature(`IS_${word} BOOL -> BOOL`, (value) => `(${value} IS ${word})`),
    signature(`IS_NOT_${word} BOOL -> BOOL`, (value) => `(${value} IS NOT ${word})`),
  ]),
  signature("IS_NULL T -> BOOL", (value) => `(${value} IS NULL)`),
  signature("IS_NOT_NULL T -> BOOL", (value) => `(${value} IS NOT NULL)`),
];

function divided(a: string, b: string, sign: string): string {
  const failure = `CAST(error('division by zero: ' || ${a} || ' ${sign} ' || ${b}) AS ${sign === "/" ? "DOUBLE" : "BIGINT"})`;
  return `(CASE WHEN ${b} = 0 THEN ${failure} ELSE ${a} ${sign} ${b} END)`;
}
