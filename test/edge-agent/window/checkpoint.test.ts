import { expect, test } from "vitest";
import { checkpointOf, readCheckpoint } from "../../../edge-agent/window/checkpoint.ts";
import { type OpenWindow, openWindow } from "../../../edge-agent/window/window.ts";

const window = openWindow({ cameraId: "cam", targetKind: "line", targetId: "door" }, 1_767_225_600_000, 10_000);
const changed = (change: object) => JSON.stringify({ v: 1, windows: [{ ...window, ...change }] });

test("what was written is read", () => {
  const windows: OpenWindow[] = [{ ...window, in: 3, observedS: 4.5 }, window];
  expect(readCheckpoint(checkpointOf(windows))).toEqual({ ok: true, windows });
});

test.each([
  { name: "no JSON", text: '{"v":1,"windows":[{"cam', reason: "/ must be object" },
  { name: "a key too many", text: JSON.stringify({ v: 1, windows: [], more: 1 }), reason: "/more" },
  { name: "a key too many in a window", text: changed({ more: 1 }), reason: "/windows/0" },
  { name: "a negative time of presence", text: changed({ occupiedS: -1 }), reason: "/windows/0/occupiedS" },
  { name: "an agent without versions", text: JSON.stringify([window]), reason: "must be object" },
  { name: "a later version", text: JSON.stringify({ v: 2, windows: [] }), reason: "/v" },
  { name: "a sum that is none", text: changed({ in: null }), reason: "/windows/0/in" },
  { name: "a sum that no message takes", text: changed({ in: 2_000_000 }), reason: "/windows/0/in" },
  { name: "a name that no message takes", text: changed({ targetId: "Not An Id" }), reason: "/windows/0/targetId" },
  { name: "a histogram of another length", text: changed({ dwellHistogram: [1] }), reason: "dwellHistogram" },
  { name: "a length that no message takes", text: changed({ windowMs: 1_500 }), reason: "/windows/0/windowMs" },
  { name: "a time that is no date", text: changed({ startMs: 1e15 }), reason: "/windows/0/startMs" },
])("a reason instead of windows: $name", ({ text, reason }) => {
  expect(readCheckpoint(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});
