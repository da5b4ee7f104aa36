import { expect, test } from "vitest";
import { USUAL_GATES, withGates } from "../../../firmware-config/config/tracker.ts";

const TIMES = { confirmS: 0.25, lostS: 2.5, stillS: 10 };
const GATES = { newTrackScore: 0.5, highScore: 0.4, lowScore: 0.2 };

test.each([
  { name: "nothing known", asked: {}, gates: undefined, out: USUAL_GATES },
  { name: "the model's", asked: {}, gates: GATES, out: GATES },
  { name: "the device's win", asked: { newTrackScore: 0.7 }, gates: GATES, out: { ...GATES, newTrackScore: 0.7 } },
  {
    name: "a low new score draws the unasked high one down",
    asked: { newTrackScore: 0.3 },
    gates: GATES,
    out: { newTrackScore: 0.3, highScore: 0.3, lowScore: 0.2 },
  },
  {
    name: "a high low score draws the others up",
    asked: { lowScore: 0.6 },
    gates: GATES,
    out: { newTrackScore: 0.6, highScore: 0.6, lowScore: 0.6 },
  },
])("score gates: $name", ({ asked, gates, out }) => {
  expect(withGates({ ...TIMES, ...asked }, gates)).toEqual({ ...TIMES, ...out });
});
