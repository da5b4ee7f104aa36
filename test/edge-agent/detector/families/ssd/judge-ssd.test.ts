import { expect, it } from "vitest";
import { judgeSsd } from "../../../../../edge-agent/detector/families/ssd/judge-ssd.ts";
import { PEOPLE } from "../../../../../edge-agent/detector/probe/scene.ts";
import { seededBytes } from "../../../../../edge-agent/detector/probe/seeded-bytes.ts";

const FRAME = { width: 512, height: 384 };
const COUNT = 200;

type Box = [number, number, number, number];

/** `plain` makes the first person of the probe's picture of it, in a frame of 512 x 384. */
const PERSON: readonly number[] = [157 / 450, 99 / 300, (78 - 5) / 60, (207 - 5) / 80, 1];

/**
 * Judges a model that gives for box i what `box` makes of four numbers of 0..1, and for each score what `score` makes of one;
 * it is surest of a drawn person.
 */
function judge(
  box: (random: Box, i: number) => readonly number[],
  score = (random: number, _picture: number) => random,
) {
  const random = Array.from(seededBytes(5 * COUNT), (byte) => (0.9 * byte) / 255);
  random.splice(0, PERSON.length, ...PERSON);
  const outputs = ["noise", PEOPLE].map((picture, k) => ({
    picture,
    values: {
      boxes: Float32Array.from(
        Array.from({ length: COUNT }, (_, i) => {
          const [a = 0, b = 0, c = 0, d = 0] = random.slice(5 * i, 5 * i + 4);
          return box([a, b, c, d], i);
        }).flat(),
      ),
      scores: Float32Array.from({ length: COUNT }, (_, i) => score((random[5 * i + 4] ?? 0) * (1 - 0.1 * k), k)),
    },
  }));
  return judgeSsd(outputs, FRAME);
}

const plain = ([x, y, w, h]: Box) => [450 * x, 300 * y, 450 * x + 5 + 60 * w, 300 * y + 5 + 80 * h];

it("takes boxes in pixels with probabilities, and tells how sure it is of the drawn people", () => {
  expect(judge(plain)).toEqual({ ok: true, boxes: "pixels", drawnPeopleScore: expect.closeTo(0.9, 2) });
});

it.each([
  {
    name: "parts of the picture",
    box: (r: Box) => plain(r).map((side) => side / 512),
    says: "these are parts of the picture",
  },
  { name: "centres and sizes", box: ([x, y, w, h]: Box) => [450 * x, 300 * y, 60 * w, 80 * h], says: "have no area" },
  {
    name: "boxes far outside",
    box: (r: Box) => plain(r).map((side) => side + 2000),
    says: "lie far outside a frame of 512x384",
  },
  { name: "huge boxes", box: () => [-1500, -1500, 1900, 1900], says: "times as large" },
  { name: "one box again and again", box: () => [10, 20, 30, 90], says: "all 400 boxes are the same" },
  {
    name: "whole-picture boxes",
    box: ([x, y, w, h]: Box) => [-x, -y, 512 + w, 384 + h],
    says: "cover the whole picture",
  },
  {
    name: "NaN in a box",
    box: (r: Box, i: number) => (i === 5 ? [Number.NaN, 1, 2, 3] : plain(r)),
    says: '"boxes" are not finite',
  },
])("refuses $name", ({ box, says }) => {
  expect(judge(box)).toEqual({ ok: false, reason: expect.stringContaining(says) });
});

it.each([
  { name: "logits", score: (r: number) => 10 * r - 8, says: "these are logits" },
  { name: "percent", score: (r: number) => 100 * r, says: "scores go from" },
  {
    name: "an infinite score",
    score: (r: number) => (r > 0.5 ? Number.POSITIVE_INFINITY : r),
    says: '"scores" are not finite',
  },
  { name: "the same for every picture", score: () => 0.5, says: "gives the same for noise" },
])("refuses scores: $name", ({ score, says }) => {
  expect(judge(plain, score)).toEqual({ ok: false, reason: expect.stringContaining(says) });
});

it("forgives a few odd boxes at the rim", () => {
  expect(judge((r, i) => (i % 25 === 24 ? [3, 3, 1, 1] : plain(r)))).toMatchObject({ ok: true });
});

it.each([
  {
    name: "top, left, bottom, right",
    box: ([l = 0, t = 0, r = 0, b = 0]: readonly number[]) => [t, l, b, r],
    says: "x and y are exchanged",
  },
  {
    name: "another place",
    box: ([l = 0, t = 0, r = 0, b = 0]: readonly number[]) => [l + 90, t, r + 90, b],
    says: "surest (score 0.9) of one at [247, 99, 325, 306]",
  },
  {
    name: "lying",
    box: ([l = 0, , r = 0, b = 0]: readonly number[]) => [l, b - 50, r, b],
    says: "[157, 99, 235, 306] or [282, 130, 340, 285] are expected",
  },
])("refuses people of whom it is sure where none are: $name", ({ box, says }) => {
  expect(judge((r) => box(plain(r)))).toEqual({ ok: false, reason: expect.stringContaining(says) });
});

it("takes a model that does not know drawings", () => {
  const elsewhere = ([x, y, w, h]: Box) => plain([x + 0.2, y, w, h]);
  expect(judge(elsewhere, (random) => 0.4 * random)).toMatchObject({ ok: true });
});
