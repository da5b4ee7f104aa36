import { expect, it } from "vitest";
import { type DeviceMinute, deviceVerdict } from "./device-soak.ts";
import { slopeOf } from "./slope.ts";

const rowsOf = (minutes: number): DeviceMinute[] =>
  Array.from({ length: minutes }, (_, k) => ({
    minute: k + 1,
    agentMb: 100 + (k % 2),
    ffmpegMb: 60,
    frames: 9,
    messages: 1,
  }));

function verdictOf(minutes: number): string {
  const rows = rowsOf(minutes);
  const half = rows.slice(rows.length >> 1);
  const slope = slopeOf(half.map(({ minute, agentMb }) => ({ x: minute, y: agentMb })));
  return deviceVerdict({ rows, slope, isFlat: true });
}

it("says of a run of a few minutes that nothing can be told, not that memory grows", () => {
  for (const minutes of [1, 2, 4]) expect(verdictOf(minutes)).toMatch(/^too short to tell/);
  expect(verdictOf(5)).toMatch(/^flat: -?\d/);
});
