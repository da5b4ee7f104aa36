import { describe, expect, it } from "vitest";
import type { FrameShape, Part, Picture } from "../../../edge-agent/camera/port.ts";
import { cameraShape, partsOf, runsOf } from "../../../edge-agent/frame/parts.ts";
import { regionOf } from "../../../edge-agent/frame/region.ts";
import { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { deviceFaults } from "../../../firmware-config/config/device-rules.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";
import { Random } from "../../bench/quality/random.ts";

const SHAPE: FrameShape = { width: 416, height: 416, pixelFormat: "gbrp", padValue: 114, padAlign: "top-left" };
const HD: Picture = { width: 1920, height: 1080 };

function cameraOf(rows: string) {
  const text = `tenant: t\nstore: s\ndevice: d\ncameras:\n  - id: door\n    source: a.mp4\n${rows}\n`;
  const [camera] = parseConfig(text, "d.yaml", DeviceConfig, deviceFaults).cameras;
  if (camera === undefined) throw new Error("no camera");
  return camera;
}

const LINE = "    lines: [{ id: way, from: [0.4, 0.5], to: [0.6, 0.5] }]";
const holds = (part: Part, x: number, y: number) =>
  x >= part.left && x <= part.left + part.width && y >= part.top && y <= part.top + part.height;

describe("the parts that a camera is asked for", () => {
  it("are none where nothing is configured", () => {
    const camera = cameraOf(LINE);
    expect(cameraShape(camera, SHAPE)).toBe(SHAPE);
    expect(runsOf(camera)).toBe(1);
  });

  it("are none for a detector that looks straight down", () => {
    expect(cameraShape(cameraOf(`    detector: { type: overhead }\n${LINE}`), SHAPE)).toBe(SHAPE);
  });

  it("are a rectangle as drawn, to even pixels", () => {
    const camera = cameraOf("    region: { type: rectangle, from: [0.1, 0.2], to: [0.6, 0.8005] }");
    const { parts } = cameraShape(camera, SHAPE);
    expect(parts?.count).toBe(1);
    expect(parts?.of(HD)).toEqual([{ left: 192, top: 216, width: 960, height: 650 }]);
  });

  it("are, around a line, those who stand on it and who come to it, in the proportions of the model's frame", () => {
    const camera = cameraOf(`    region: { type: auto, margin: 0.5 }\n    personHeight: 0.2\n${LINE}`);
    const region = regionOf(camera, HD, SHAPE);
    expect(region.width).toBe(region.height);
    expect(region.width).toBeGreaterThanOrEqual(0.2 * 1920 + 216);
    for (const [x, y] of [
      [0.4 * 1920 - 108, 540],
      [0.6 * 1920 + 108, 540],
      [960, 540 - 216 - 108],
      [960, 540 + 108],
    ] as const) {
      expect(holds(region, x, y), `${x},${y}`).toBe(true);
    }
  });

  it("stay in the picture when the line is at its border", () => {
    const camera = cameraOf("    region: { type: auto }\n    lines: [{ id: way, from: [0, 0.97], to: [0.2, 1] }]");
    const region = regionOf(camera, HD, SHAPE);
    expect(region.left).toBe(0);
    expect(region.top + region.height).toBe(1080);
    expect(region.width).toBe(region.height);
  });

  it("are tiles of one size that share what was asked for", () => {
    const camera = cameraOf("    tiles: { columns: 2, overlap: 0.25 }");
    const [one, two] = partsOf(camera, { width: 1400, height: 800 }, SHAPE);
    expect([one, two]).toEqual([
      { left: 0, top: 0, width: 800, height: 800 },
      { left: 600, top: 0, width: 800, height: 800 },
    ]);
  });

  it("are for every picture even, inside it, and together the whole region", () => {
    const random = new Random(3);
    const given = cameraOf(`    region: { type: auto }\n${LINE}`);
    for (let round = 0; round < 300; round++) {
      const picture = { width: random.between(16, 4000), height: random.between(16, 2200) };
      const grid = { columns: random.between(1, 4), rows: random.between(1, 4), overlap: 0.5 * random.next() };
      const camera = { ...given, tiles: grid };
      const parts = partsOf(camera, picture, SHAPE);
      const [first, last] = [parts[0], parts.at(-1)];
      if (!first || !last) throw new Error("no parts");
      expect(parts).toHaveLength(grid.columns * grid.rows);
      for (const { left, top, width, height } of parts) {
        expect([left, top, width, height].every((side) => side % 2 === 0)).toBe(true);
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(2);
        expect(left + width).toBeLessThanOrEqual(picture.width);
        expect(top + height).toBeLessThanOrEqual(picture.height);
      }
      for (const [x, y] of [
        [0.4, 0.5],
        [0.6, 0.5],
      ] as const) {
        expect(parts.some((part) => holds(part, Math.floor(x * picture.width), Math.floor(y * picture.height)))).toBe(
          true,
        );
      }
      for (let k = 0; k < 20; k++) {
        const x = first.left + random.next() * (last.left + last.width - first.left);
        const y = first.top + random.next() * (last.top + last.height - first.top);
        expect(parts.some((part) => holds(part, x, y))).toBe(true);
      }
    }
  });
});

describe("refused", () => {
  it.each([
    { in: "    region: { type: auto }", error: /:7:13 cameras\[0\]\.region: auto needs a line or a zone/ },
    {
      in: "    region: { type: rectangle, from: [0.5, 0.5], to: [0.4, 0.9] }",
      error: /cameras\[0\]\.region: to must lie right of and below from, by 0\.05/,
    },
    { in: "    region: { type: circle }", error: /must be one of "whole", "auto", "rectangle"/ },
    { in: "    region: auto", error: /cameras\[0\]\.region/ },
    { in: "    tiles: { columns: 5 }", error: /cameras\[0\]\.tiles\.columns/ },
    {
      in: "    detector: { type: overhead }\n    tiles: { columns: 2 }",
      error: /cameras\[0\]\.tiles: only for detector: \{ type: model \}/,
    },
  ])("$in", ({ in: rows, error }) => {
    expect(() => cameraOf(rows)).toThrow(error);
  });
});
