import type { ModelFile } from "../../models/model-store.ts";
import type { CliContext } from "./context.ts";
import { createProgress } from "./progress.ts";

/** The bundled model at its default size. */
export const DEFAULT_MODEL = "ssdlite-mobilenetv2";

/** The model of that name or file; the bundled one is fetched and converted when it is not there yet. */
export async function prepareModel(nameOrPath: string, context: CliContext): Promise<ModelFile> {
  const { ensureModel } = await import("../../models/registry.ts");
  const progress = createProgress(context, "Model");
  try {
    return await ensureModel(nameOrPath, context.modelsDir, (step, fraction) => progress.update(fraction, step));
  } finally {
    progress.stop();
  }
}
