import type { InferenceSession as Session, Tensor } from "onnxruntime-node";
import { InferenceSession } from "../../../firmware-config/kit/onnx-runtime.ts";
import { Candidates } from "../candidates.ts";
import { createRunner } from "../create-runner.ts";
import { familyOf } from "../families/families.ts";
import type { DetectorModel } from "../model.ts";
import type { Runner } from "../runner.ts";
import { sessionOptions } from "../session-options.ts";
import { bytesOf } from "../session-output.ts";
import { MAX_PERSONS } from "../session-protocol.ts";
import { probePictures } from "./probe-pictures.ts";
import { type FoundBox, type ProbeOutput, refusal, type Verdict } from "./verdict.ts";

/** Runs the model on the probe's pictures, with the options of a live session, and judges what it gives. */
export async function probeSession(model: DetectorModel): Promise<Verdict> {
  const session = await InferenceSession.create(model.path, sessionOptions(0));
  const runner = await createRunner(session, model);
  const outputs: ProbeOutput[] = [];
  for (const picture of probePictures(model)) {
    runner.load(picture.frame);
    const { feeds, fetches } = runner;
    const given = await session.run(feeds);
    const changed = Object.entries(fetches).find(([name, { dims }]) => String(given[name]?.dims) !== String(dims));
    if (changed !== undefined) return refusal(changedText(changed[0], fetches, given));
    for (const [name, tensor] of Object.entries(fetches)) copyData(given[name], tensor);
    outputs.push({ picture: picture.name, ...readingOf(runner) });
  }
  return familyOf(model).judge(outputs, model);
}

function copyData(from: Tensor | undefined, to: Tensor): void {
  const [source, target] = [from?.data, to.data];
  if (ArrayBuffer.isView(source) && ArrayBuffer.isView(target)) bytesOf(target).set(bytesOf(source));
}

/** Copies of what the last run gave, and how the family reads it. */
function readingOf(runner: Runner): Pick<ProbeOutput, "values" | "found"> {
  const found = new Candidates(MAX_PERSONS);
  runner.decode(0, found);
  const boxOf = (place: number): FoundBox => ({
    score: found.scores[place] ?? 0,
    box: [...found.boxes.subarray(4 * place, 4 * place + 4)],
  });
  const values = Object.entries(runner.values).map(([name, data]) => [name, data.slice()] as const);
  return { values: Object.fromEntries(values), found: Array.from(found.order.subarray(0, found.count), boxOf) };
}

function changedText(name: string, before: Readonly<Record<string, Tensor>>, now: Session.OnnxValueMapType): string {
  const [was, is] = [before[name]?.dims.join(", "), now[name]?.dims.join(", ")];
  return `the size of "${name}" changes with the picture, from [${was}] to [${is}]; all boxes are expected, before any selection`;
}
