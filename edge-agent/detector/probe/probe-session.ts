import type { InferenceSession as Session, Tensor } from "onnxruntime-node";
import { createRunner } from "../create-runner.ts";
import type { DetectorModel } from "../model.ts";
import { InferenceSession } from "../onnx-runtime.ts";
import { sessionOptions } from "../session-options.ts";
import { judgeSsd } from "./judge-ssd.ts";
import { judgeYolox } from "./judge-yolox.ts";
import { probePictures } from "./probe-pictures.ts";
import { type ProbeOutput, refusal, type Verdict } from "./verdict.ts";

/** Runs the model on the probe's pictures, with the options of a live session, and judges what it gives. */
export async function probeSession(model: DetectorModel): Promise<Verdict> {
  const session = await InferenceSession.create(model.path, sessionOptions(0));
  const { feeds, fetches, load } = await createRunner(session, model);
  const frame = { width: model.inputWidth, height: model.inputHeight };
  const outputs: ProbeOutput[] = [];
  for (const picture of probePictures(model)) {
    load(picture.frame);
    const given = await session.run(feeds);
    const changed = Object.entries(fetches).find(([name, { dims }]) => String(given[name]?.dims) !== String(dims));
    if (changed !== undefined) return refusal(changedText(changed[0], fetches, given));
    outputs.push({ picture: picture.name, values: valuesOf(given, Object.keys(fetches)) });
  }
  if (model.family === "ssd") return judgeSsd(outputs, frame);
  const [output] = Object.values(fetches);
  return judgeYolox(outputs, frame, output?.dims[2] ?? 0);
}

function valuesOf(given: Session.OnnxValueMapType, names: readonly string[]): Record<string, Float32Array> {
  const values = names.flatMap((name) => {
    const data = given[name]?.data;
    return data instanceof Float32Array ? [[name, data.slice()] as const] : [];
  });
  return Object.fromEntries(values);
}

function changedText(name: string, before: Readonly<Record<string, Tensor>>, now: Session.OnnxValueMapType): string {
  const [was, is] = [before[name]?.dims.join(", "), now[name]?.dims.join(", ")];
  return `the size of "${name}" changes with the picture, from [${was}] to [${is}]; all boxes are expected, before any selection`;
}
