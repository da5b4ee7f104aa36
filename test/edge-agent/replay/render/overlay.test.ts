import { expect, it } from "vitest";
import { overlayLines, type Scene, type ShownEvent } from "../../../../edge-agent/replay/render/overlay.ts";
import { digits, polygon, rim } from "../../../../edge-agent/replay/render/shapes.ts";
import { walkConfig } from "../../walk.ts";

const [camera = walkConfig("/nowhere", ["street"]).cameras[0]!] = walkConfig("/nowhere", ["street"]).cameras;
const DOOR = camera.lines[0]!.id;
const AREA = camera.zones[0]!.id;

function linesOf(change: Partial<Scene>): string[] {
  const scene = { picture: { width: 640, height: 480 }, camera, frames: [], events: [], lengthS: 10, ...change };
  return [...overlayLines(scene)].filter((line) => line.startsWith("Dialogue"));
}

/** `start end words` of the texts that hold `part`. */
const textsOf = (lines: readonly string[], part: string) =>
  lines.flatMap((line) => {
    const [, start, end, words = ""] = /^Dialogue: 3,([^,]+),([^,]+),Text,\{[^}]*\}(.*)$/.exec(line) ?? [];
    return words.includes(part) ? [`${start} ${end} ${words}`] : [];
  });

const crossing = (atS: number, direction: "in" | "out"): ShownEvent => ({
  kind: "crossing",
  targetId: DOOR,
  atS,
  direction,
});

it("counts a line up at the moment of each crossing, until the end", () => {
  const lines = linesOf({ events: [crossing(2.5, "in"), crossing(1, "out"), crossing(2.5, "in")] });
  expect(textsOf(lines, DOOR)).toEqual([
    `0:00:00.00 0:00:01.00 ${DOOR}: in 0, out 0`,
    `0:00:01.00 0:00:02.50 ${DOOR}: in 0, out 1`,
    `0:00:02.50 0:00:10.00 ${DOOR}: in 2, out 1`,
  ]);
});

it("knows who is in a zone from when they came, though a visit is told of when it ends", () => {
  const visit: ShownEvent = { kind: "visit", targetId: AREA, fromS: 1, toS: 3661.5, stop: true };
  const lines = linesOf({ events: [visit], lengthS: 4000 });
  expect(textsOf(lines, AREA)).toEqual([
    `0:00:00.00 0:00:01.00 ${AREA}: inside 0, visits 0, stops 0`,
    `0:00:01.00 1:01:01.50 ${AREA}: inside 1, visits 1, stops 0`,
    `1:01:01.50 1:06:40.00 ${AREA}: inside 0, visits 1, stops 1`,
  ]);
});

it("shows a frame until the next one, with a drawing for each colour and a path of three seconds", () => {
  const at = (atS: number, left: number) => ({
    atS,
    boxes: [1, 9, 2].map((id) => ({ id, box: [left, 20, left + 30, 90] as const })),
  });
  const people = linesOf({ frames: [at(0, 10), at(1, 20), at(6, 30)] }).filter((line) =>
    line.startsWith("Dialogue: 2"),
  );
  expect(people.map((line) => line.slice(0, 35).split(",").slice(1, 3).join(" "))).toEqual([
    ...Array(2).fill("0:00:00.00 0:00:01.00"),
    ...Array(2).fill("0:00:01.00 0:00:06.00"),
    ...Array(2).fill("0:00:06.00 0:00:06.10"),
  ]);
  const strokes = people.map((line) => line.split(" m ").length);
  expect(strokes[2]).toBeGreaterThan(strokes[0]!);
  expect(strokes[4]).toBe(strokes[0]);
});

it("draws entries and masks all the time, with their ids, below all else", () => {
  const square = (left: number) =>
    [
      [left, 0.5],
      [left + 0.1, 0.5],
      [left + 0.1, 1],
      [left, 1],
    ] as [number, number][];
  const areas = { entries: [{ id: "door-1", polygon: square(0) }], masks: [{ id: "poster", polygon: square(0.5) }] };
  const lines = linesOf({ camera: { ...camera, lines: [], zones: [], ...areas } });
  expect(textsOf(lines, "door-1")).toEqual(["0:00:00.00 0:00:10.00 door-1"]);
  expect(textsOf(lines, "poster")).toEqual(["0:00:00.00 0:00:10.00 poster"]);
  const drawn = lines.filter((line) => line.startsWith("Dialogue: 0,0:00:00.00,0:00:10.00"));
  const colours = drawn.map((line) => /1c&H(\w+)&/.exec(line)?.[1]);
  expect(colours).toEqual(["404040", "404040", "739E00", "739E00"]);
  // The poster's left upper corner at half of 640 x 480, in eighths of a pixel.
  expect(drawn[0]).toContain("m 2560 1920 l");
});

it("takes a name for words, whatever it holds", () => {
  const [line = camera.lines[0]!] = camera.lines;
  const name = "{\\p1}m 0 0\\N入口\u001b[2J";
  const lines = linesOf({ camera: { ...camera, lines: [{ ...line, name }] } });
  const [text = ""] = textsOf(lines, "入口");
  expect(text).toContain("(/p1)m 0 0/N入口");
  expect(text).not.toContain("\u001b");
});

it("draws what is asked for", () => {
  expect(
    polygon([
      [0, 0],
      [10.4, 0],
      [10, 9.6],
    ]),
  ).toBe("m 0 0 l 83 0 80 77");
  expect(rim([0, 0, 20, 10], 2)).toBe("m 0 0 l 160 0 160 80 0 80 m 16 64 l 144 64 144 16 16 16");
  expect(digits(8, [0, 0], 10).split("m ").length - 1).toBe(7);
  expect(digits(107, [0, 0], 10).split("m ").length - 1).toBe(2 + 6 + 3);
});

it("shows where the model looks: the rim of a region, tiles with their numbers", () => {
  const part = { left: 100, top: 40, width: 320, height: 240 };
  const one = { count: 1, of: () => [part] };
  const drawn = (parts: Scene["parts"]) =>
    linesOf({ parts }).filter((line) => line.includes(rim([100, 40, 420, 280], 0.96)));
  expect(drawn(one)).toHaveLength(1);
  expect(drawn(undefined)).toHaveLength(0);
  const two = { count: 2, of: () => [part, { ...part, left: 200 }] };
  expect(textsOf(linesOf({ parts: two }), "2")).toContain("0:00:00.00 0:00:10.00 2");
});
