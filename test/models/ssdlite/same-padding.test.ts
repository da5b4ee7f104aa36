import { expect, it } from "vitest";
import { samePadding } from "../../../models/ssdlite/same-padding.ts";

it.each([
  { name: "even size, stride 2", in: [300, 3, 2], out: { outputSize: 150, before: 0, after: 1 } },
  { name: "odd size, stride 2", in: [75, 3, 2], out: { outputSize: 38, before: 1, after: 1 } },
  { name: "stride 1", in: [19, 3, 1], out: { outputSize: 19, before: 1, after: 1 } },
  { name: "a point", in: [19, 1, 1], out: { outputSize: 19, before: 0, after: 0 } },
  { name: "two cells", in: [2, 3, 2], out: { outputSize: 1, before: 0, after: 1 } },
  { name: "one cell", in: [1, 3, 2], out: { outputSize: 1, before: 1, after: 1 } },
] as const)("SAME padding: $name", ({ in: [size, kernel, stride], out }) => {
  expect(samePadding(size, kernel, stride)).toEqual(out);
});
