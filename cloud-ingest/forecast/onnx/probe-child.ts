import { answerParent } from "../../../firmware-config/kit/ask-child.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import { openOnnxModel } from "./onnx-model.ts";
import { probeOnnx } from "./probe-onnx.ts";

/** The process that tries a model first: one that hangs or crashes takes neither jobs nor ingest with it. */
answerParent(async (file: string) => {
  try {
    await probeOnnx(await openOnnxModel(file), file);
    return {};
  } catch (error) {
    return { fault: messageOf(error) };
  }
});
