import Type from "typebox";
import { expect, test } from "vitest";
import { SchemaCheck } from "../../../firmware-config/kit/schema-check.ts";

const Shop = Type.Object(
  { name: Type.String(), doors: Type.Array(Type.Object({ people: Type.Integer({ minimum: 0 }) })) },
  { additionalProperties: false },
);
const shop = new SchemaCheck(Shop);

test("a value of the form is taken as it is", () => {
  const value = Object.freeze({ name: "Ginza", doors: [Object.freeze({ people: 3 })] });
  expect(shop.check(value)).toBe(true);
});

test.each([
  { name: "another kind", value: [], fault: "/ must be object" },
  { name: "a key too few", value: { name: "x" }, fault: "/ must have required property 'doors'" },
  { name: "deep inside", value: { name: "x", doors: [{ people: -1 }] }, fault: "/doors/0/people must be >= 0" },
  {
    name: "no number",
    value: { name: "x", doors: [{ people: Number.NaN }] },
    fault: "/doors/0/people must be integer",
  },
  { name: "a key too many", value: { name: "x", doors: [], colour: 1 }, fault: "/colour is no key that is known here" },
  {
    name: "a key that steers a terminal",
    value: { name: "x", doors: [], "\n\u001b[2J": 1 },
    fault: "/ \\u001b[2J is no key that is known here",
  },
  {
    name: "a key as long as a file",
    value: { name: "x", doors: [], ["k".repeat(100_000)]: 1 },
    fault: `/${"k".repeat(198)}… is no key that is known here`,
  },
  { name: "nothing", value: undefined, fault: "/ must be object" },
])("a fault is told with its place: $name", ({ value, fault }) => {
  expect(shop.check(value)).toBe(false);
  expect(shop.faultOf(value)).toBe(fault);
});
