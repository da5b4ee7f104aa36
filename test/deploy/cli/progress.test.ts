import { expect, it } from "vitest";
import { share } from "../../../deploy/cli/progress.ts";

it.each([
  { name: "half", done: 1, whole: 2, out: 0.5 },
  { name: "more than the whole", done: 3, whole: 2, out: 1 },
  { name: "nothing to do", done: 0, whole: 0, out: 1 },
  { name: "an end that is not known", done: 1, whole: undefined, out: undefined },
])("the share that is done, of $name", ({ done, whole, out }) => {
  expect(share(done, whole)).toBe(out);
});
