import type { InferenceSession } from "onnxruntime-node";
import { familyOf } from "./families/families.ts";
import type { DetectorModel } from "./model.ts";
import type { Runner } from "./runner.ts";
import { openInput } from "./session-input.ts";
import { SessionOutput } from "./session-output.ts";

/**
 * A session as the model's family reads it, after one run that shows the sizes which a model may leave free; throws an `Error`
 * that says which input or output does not fit.
 */
export async function createRunner(session: InferenceSession, model: DetectorModel): Promise<Runner> {
  const family = familyOf(model);
  const input = openInput(session, model, family);
  const output = new SessionOutput(await session.run(input.feeds), session.outputNames);
  const reader = family.open(output, model);
  return {
    feeds: input.feeds,
    fetches: output.fetches,
    values: output.values,
    needsNms: family.needsNms,
    load: input.loader(reader.levels),
    decode(minScore, found) {
      output.convert();
      return reader.read(minScore, found);
    },
  };
}
