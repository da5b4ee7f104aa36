import { implausibleBoxes, neverChanges, notFinite, notProbabilities } from "../probe/common-faults.ts";
import { peopleElsewhere } from "../probe/people-place.ts";
import { PEOPLE } from "../probe/scene.ts";
import { type FrameSize, type ProbeOutput, refusal, type Verdict } from "../probe/verdict.ts";

/** Another class is so sure of the drawn people, and person so unsure, only when the classes stand in another order. */
const OTHER_AT_LEAST = 0.5;
const PERSON_AT_MOST = 0.05;
/** No box of a frame ends before this, unless it is written in parts of the picture. */
const PARTS_UP_TO = 2;

/** Fewer boxes tell nothing: a network of 8-bit numbers may score all but a few with exactly 0. */
const ENOUGH = 20;

const shown = (value: number) => String(Number(value.toPrecision(2)));

/** What a family knows of its numbers. */
export interface Numbers {
  /** Those that must be probabilities. */
  scores(values: ProbeOutput["values"]): Float32Array;
  /** The best score of each class, where the model knows several. */
  classes?(values: ProbeOutput["values"]): readonly number[];
  /** The class that person is; default: 0. */
  readonly person?: number;
}

/** The verdict of a family that reads its boxes one way only: all is judged by what it read. */
export function judgeFound(outputs: readonly ProbeOutput[], frame: FrameSize, numbers: Numbers): Verdict {
  const boxes = outputs.flatMap(({ found = [] }) => found.map(({ box }) => box));
  const people = outputs.find(({ picture }) => picture === PEOPLE);
  const best = people?.found?.[0] ?? { score: 0, box: [] };
  const fault =
    notFinite(outputs) ??
    scoreFault(outputs, numbers) ??
    neverChanges(outputs) ??
    (boxes.length < ENOUGH ? undefined : (inParts(boxes) ?? implausibleBoxes(boxes, frame))) ??
    otherClass(numbers.classes?.(people?.values ?? {}) ?? [], numbers.person ?? 0) ??
    peopleElsewhere(best, frame);
  return fault === undefined ? { ok: true, boxes: "pixels", drawnPeopleScore: best.score } : refusal(fault);
}

function scoreFault(outputs: readonly ProbeOutput[], numbers: Numbers): string | undefined {
  for (const { values } of outputs) {
    const fault = notProbabilities("scores", numbers.scores(values));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function inParts(boxes: readonly (readonly number[])[]): string | undefined {
  const furthest = boxes.reduce((most, box) => Math.max(most, ...box.map(Math.abs)), 0);
  if (furthest > PARTS_UP_TO) return undefined;
  return `no side of a box is beyond ${shown(furthest)}: these are parts of the picture, and pixels are expected`;
}

/** Says so when the drawn people are not persons to the model, but surely something else. */
function otherClass(classes: readonly number[], person: number): string | undefined {
  const other = classes.reduce((best, score, i) => (i !== person && score > (classes[best] ?? 0) ? i : best), person);
  const [sure = 0, unsure = 0] = [classes[other], classes[person]];
  if (other === person || sure < OTHER_AT_LEAST || unsure > PERSON_AT_MOST) return undefined;
  return `it takes ${PEOPLE} for class ${other} (score ${shown(sure)}, class ${person}: ${shown(unsure)}); person must be class ${person}`;
}
