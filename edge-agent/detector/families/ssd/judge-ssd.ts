import { implausibleBoxes, neverChanges, notFinite, notProbabilities } from "../../probe/common-faults.ts";
import { peopleElsewhere } from "../../probe/people-place.ts";
import { PEOPLE } from "../../probe/scene.ts";
import { type FrameSize, type ProbeOutput, refusal, type Verdict } from "../../probe/verdict.ts";

/** No box of a frame of 32 pixels and more ends before this, unless it is written in parts of the picture. */
const PARTS_UP_TO = 2;

/** Judges `boxes` and `scores` of the `ssd` family. */
export function judgeSsd(outputs: readonly ProbeOutput[], frame: FrameSize): Verdict {
  const boxes = outputs.flatMap(({ values }) => boxesOf(values.boxes ?? new Float32Array()));
  const scores = outputs.flatMap(({ values }) => [...(values.scores ?? [])]);
  const fault =
    notFinite(outputs) ??
    notProbabilities("scores", scores) ??
    inParts(boxes) ??
    implausibleBoxes(boxes, frame) ??
    neverChanges(outputs);
  if (fault !== undefined) return refusal(fault);
  const { scores: peopleScores = new Float32Array(), boxes: peopleBoxes = new Float32Array() } =
    outputs.find(({ picture }) => picture === PEOPLE)?.values ?? {};
  const drawnPeopleScore = peopleScores.reduce((best, score) => Math.max(best, score), 0);
  const box = boxesOf(peopleBoxes)[peopleScores.indexOf(drawnPeopleScore)] ?? [];
  const elsewhere = peopleElsewhere({ score: drawnPeopleScore, box }, frame);
  return elsewhere === undefined ? { ok: true, boxes: "pixels", drawnPeopleScore } : refusal(elsewhere);
}

function boxesOf(values: Float32Array): number[][] {
  return Array.from({ length: values.length / 4 }, (_, i) => [...values.subarray(4 * i, 4 * i + 4)]);
}

function inParts(boxes: readonly (readonly number[])[]): string | undefined {
  const furthest = boxes.reduce((most, box) => Math.max(most, ...box.map(Math.abs)), 0);
  if (furthest > PARTS_UP_TO) return undefined;
  return `no side of a box is beyond ${Number(furthest.toPrecision(3))}: these are parts of the picture, and pixels are expected`;
}
