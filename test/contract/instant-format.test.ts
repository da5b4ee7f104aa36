import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { expect, it } from "vitest";
import { FIRST_INSTANT_MS, isInstant, LAST_INSTANT_MS } from "../../firmware-config/contract/instant-format.ts";

const ajv = new Ajv();
addFormats.default(ajv, ["date-time"]);
const isRfc3339 = ajv.compile({ type: "string", format: "date-time" });

const DATES = ["2026-03-02", "2026-02-29", "2026-02-30", "2024-02-29", "0000-12-31", "0001-01-01", "9999-12-31"];
const TIMES = [
  "T03:00:00Z",
  "T23:59:60Z",
  "T24:00:00Z",
  "T23:59:59.123456789Z",
  "T03:00:00",
  "t03:00:00z",
  " 03:00:00Z",
];
const OFFSETS = [
  "T03:00:00+09:00",
  "T23:00:00-05:00",
  "T01:00:00+02:00",
  "T3:00:00Z",
  "T03:00Z",
  "T03:00:00.Z",
  "x",
  "",
];

it("judges a text alike, whatever came before it", () => {
  const text = fc
    .tuple(fc.constantFrom(...DATES), fc.constantFrom(...TIMES, ...OFFSETS))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), (texts) => {
      for (const one of texts) {
        const ms = Date.parse(one);
        expect({ one, is: isInstant(one) }).toEqual({
          one,
          is: isRfc3339(one) && ms >= FIRST_INSTANT_MS && ms <= LAST_INSTANT_MS,
        });
      }
    }),
  );
});
