import { expect, it } from "vitest";
import { numberOf, textOf } from "../../../cloud-ingest/warehouse/row.ts";

const ROW = { text: "a", empty: null, truth: false, integer: "9007199254740991", number: 0.5, list: [1, 2] };

it("gives a column as a text, empty for NULL", () => {
  const texts = ["text", "empty", "nowhere", "truth", "integer", "number", "list"].map((name) => textOf(ROW, name));
  expect(texts).toEqual(["a", "", "", "false", "9007199254740991", "0.5", "1,2"]);
});

it("gives a column as a number, 0 for NULL", () => {
  const numbers = ["integer", "number", "empty", "nowhere"].map((name) => numberOf(ROW, name));
  expect(numbers).toEqual([Number.MAX_SAFE_INTEGER, 0.5, 0, 0]);
});
