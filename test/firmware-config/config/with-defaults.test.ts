import { expect, test } from "vitest";
import { LineConfig } from "../../../firmware-config/config/geometry.ts";
import { TrackerConfig } from "../../../firmware-config/config/tracker.ts";
import { withDefaults } from "../../../firmware-config/config/with-defaults.ts";

test("what is not said is filled in, in a copy", () => {
  const given = { stillS: 0 };
  expect(withDefaults(TrackerConfig, given)).toEqual({ ...withDefaults(TrackerConfig, {}), stillS: 0 });
  expect(given).toEqual({ stillS: 0 });
});

test("what is not as the schema wants it is told with its place", () => {
  expect(() => withDefaults(LineConfig, { id: "door", from: [0, 2], to: [1, 1] })).toThrow(/^\/from\/1 must be <= 1/);
});

test("what is nested deeper than can be copied is told so", () => {
  const deep: unknown = JSON.parse(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
  expect(() => withDefaults(LineConfig, { id: "door", from: [0, 0], to: [1, 1], deep })).toThrow(
    /^\/ is nested too deep/,
  );
});
