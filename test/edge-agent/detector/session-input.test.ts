import { describe, expect, it } from "vitest";
import { halfOf, halfTable } from "../../../edge-agent/detector/half.ts";
import { planesLoader } from "../../../edge-agent/detector/session-input.ts";

/** Two pixels: planes G, B, R. */
const FRAME = Uint8Array.of(1, 2, 3, 4, 5, 255);

describe("planesLoader", () => {
  it("turns planes G, B, R into B, G, R", () => {
    const planes = new Float32Array(6);
    planesLoader(planes, undefined)(FRAME);
    expect([...planes]).toEqual([3, 4, 1, 2, 5, 255]);
  });

  it("turns them into R, G, B by a level a plane", () => {
    const planes = new Float32Array(6);
    planesLoader(planes, { order: "rgb", level: (byte, plane) => byte / 2 - plane })(FRAME);
    expect([...planes]).toEqual([2.5, 127.5, -0.5, 0, -0.5, 0]);
  });

  it("writes 16-bit floats", () => {
    const planes = new Uint16Array(6);
    planesLoader(planes, undefined)(FRAME);
    expect(Array.from(planes, (bits) => halfTable()[bits])).toEqual([3, 4, 1, 2, 5, 255]);
  });
});

describe("halfOf", () => {
  it.each([
    { name: "zero", value: 0, bits: 0 },
    { name: "one", value: 1, bits: 0x3c00 },
    { name: "minus two", value: -2, bits: 0xc000 },
    { name: "the largest", value: 65_504, bits: 0x7bff },
    { name: "beyond it", value: 65_520, bits: 0x7c00 },
    { name: "the smallest", value: 2 ** -24, bits: 1 },
    { name: "a third, rounded", value: 1 / 3, bits: 0x3555 },
    { name: "half way, to the even one", value: 1 + 2 ** -11, bits: 0x3c00 },
    { name: "half way, to the even one above", value: 1 + 3 * 2 ** -11, bits: 0x3c02 },
    { name: "none", value: Number.NaN, bits: 0x7e00 },
  ])("$name", ({ value, bits }) => {
    expect(halfOf(value)).toBe(bits);
  });

  it("is the reverse of the table", () => {
    const table = halfTable();
    for (let bits = 0; bits < 0x7c00; bits += 7) expect(halfOf(table[bits] ?? 0)).toBe(bits);
  });
});
