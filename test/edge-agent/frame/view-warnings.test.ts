import { describe, expect, it } from "vitest";
import { PersonSize } from "../../../edge-agent/frame/person-size.ts";
import { scaleOf, viewWarnings } from "../../../edge-agent/frame/view-warnings.ts";
import { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";

const HD = { width: 1920, height: 1080 };
const SHAPE = { width: 416, height: 416 };
const AREA = "[[0.4, 0.6], [0.5, 0.6], [0.5, 0.7]]";
const TARGETS = `    lines: [{ id: way, from: [0.4, 0.5], to: [0.6, 0.5] }]\n    zones: [{ id: shelf, polygon: ${AREA} }]`;

function cameraOf(rows: string) {
  const text = `tenant: t\nstore: s\ndevice: d\ncameras:\n  - id: door\n    source: a.mp4\n${TARGETS}\n${rows}\n`;
  const [camera] = parseConfig(text, "d.yaml", DeviceConfig).cameras;
  if (camera === undefined) throw new Error("no camera");
  return camera;
}

describe("what speaks against a region and its tiles", () => {
  it.each([
    { name: "nothing is configured", rows: "", out: [] },
    { name: "around lines and zones nothing is missed", rows: "    region: { type: auto, margin: 0 }", out: [] },
    {
      name: "a rectangle that misses a line in part, and a zone",
      rows: "    region: { type: rectangle, from: [0, 0], to: [0.5, 0.55] }",
      out: [/line way lies outside/, /zone shelf lies outside/],
    },
    {
      name: "people too small: 0.1 of 234 pixels",
      rows: "    personHeight: 0.1",
      out: [/people are about 23 pixels high for the model/],
    },
    {
      name: "the same people in tiles that show them larger",
      rows: "    personHeight: 0.1\n    tiles: { columns: 3, rows: 2 }",
      out: [],
    },
    {
      name: "the same people in a region that shows them larger",
      rows: "    personHeight: 0.1\n    region: { type: auto }",
      out: [],
    },
    {
      name: "tiles one above the other that share less than a person",
      rows: "    personHeight: 0.5\n    tiles: { rows: 2, overlap: 0.25 }",
      out: [/tiles share less than a person/],
    },
    {
      name: "tiles beside each other that share a body's width",
      rows: "    personHeight: 0.5\n    tiles: { columns: 2, overlap: 0.25 }",
      out: [],
    },
  ])("$name", ({ rows, out }) => {
    const warnings = viewWarnings(cameraOf(rows), { picture: HD, shape: SHAPE });
    expect(warnings).toHaveLength(out.length);
    for (const [i, text] of out.entries()) expect(warnings[i]).toMatch(text);
  });

  it("the scale is that of the smallest part", () => {
    expect(scaleOf(cameraOf(""), { picture: HD, shape: SHAPE })).toBeCloseTo(416 / 1920, 3);
    const half = cameraOf("    region: { type: rectangle, from: [0.25, 0.2], to: [0.75, 0.8] }");
    expect(scaleOf(half, { picture: HD, shape: SHAPE })).toBeCloseTo((2 * 416) / 1920, 2);
  });
});

it("the size of people is the median of all their boxes", () => {
  const size = new PersonSize();
  expect(size.medianPx).toBeUndefined();
  const boxes = Float32Array.of(0, 10, 20, 50, 0, 10, 20, 70, 5, 5, 5, 9000);
  size.see({ count: 3, boxes });
  expect(size.medianPx).toBe(60);
  for (let i = 0; i < 3; i++) size.see({ count: 1, boxes });
  expect(size.medianPx).toBe(40);
});
