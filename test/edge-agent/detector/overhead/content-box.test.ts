import { expect, test } from "vitest";
import { type Box, contentBox } from "../../../../edge-agent/detector/overhead/content-box.ts";

const LAYOUT = { stride: 40, planeBytes: 40 * 40 } as const;
const WHOLE = { left: 0, top: 0, width: 40, height: 30 };

/** A frame that is bright in one of its planes within `box`, and nearly black outside. */
function frameOf(box: Box, plane: number): Uint8Array {
  const frame = new Uint8Array(3 * LAYOUT.planeBytes).fill(12);
  for (let y = box.top; y < box.top + box.height; y++) {
    frame.fill(
      120,
      plane * LAYOUT.planeBytes + y * 40 + box.left,
      plane * LAYOUT.planeBytes + y * 40 + box.left + box.width,
    );
  }
  return frame;
}

test.each([
  { name: "black on all sides", box: { left: 6, top: 4, width: 28, height: 20 }, taken: undefined },
  { name: "black on one side", box: { left: 0, top: 0, width: 30, height: 30 }, taken: undefined },
  { name: "no margin", box: WHOLE, taken: undefined },
  { name: "dark nearly everywhere", box: { left: 10, top: 10, width: 8, height: 8 }, taken: WHOLE },
  { name: "black all over", box: { left: 0, top: 0, width: 0, height: 0 }, taken: WHOLE },
])("$name", ({ box, taken = box }) => {
  for (const plane of [0, 1, 2]) expect(contentBox(frameOf(box, plane), WHOLE, LAYOUT)).toEqual(taken);
});
