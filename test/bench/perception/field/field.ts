import { DeviceConfig } from "../../../../firmware-config/config/device.ts";
import { parseConfig } from "../../../../firmware-config/config/load.ts";
import { withGates } from "../../../../firmware-config/config/tracker.ts";
import { resolveModel } from "../../../../models/registry.ts";
import { MODELS_DIR, sharedFile } from "../../../support/sample.ts";
import { countPictures } from "./count-pictures.ts";
import { filmOf, SCENES } from "./scenes.ts";
import { type SeeingModel, seenPictures } from "./seen-pictures.ts";

/** The bundled model, and the one beside the checkout, where each is. */
export async function fieldModels(): Promise<readonly SeeingModel[]> {
  const names = ["ssdlite-mobilenetv2", sharedFile("model", "yolox_nano.onnx")];
  const models = await Promise.all(
    names.map(async (name) => (name === undefined ? undefined : resolveModel(name, MODELS_DIR).catch(() => undefined))),
  );
  return models.filter((model) => model !== undefined);
}

/** A device that configures nothing. */
export const { tracker: TIMES } = parseConfig(
  "tenant: t\nstore: s\ndevice: d\ncameras: [{ id: c, source: c.mp4 }]\n",
  "device.yaml",
  DeviceConfig,
);

const ABSENT =
  "Neither films of shops nor a model are beside this checkout (../shared/data, kazoe models build): not measured.";

/** What each model's pictures count for, scene by scene, beside what is true. */
export async function fieldLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const model of await fieldModels()) {
    for (const scene of SCENES) {
      const film = filmOf(scene);
      if (film === undefined) continue;
      const counted = countPictures(scene, await seenPictures(film, model), withGates(TIMES, model.gates));
      const wrong = counted.reduce((sum, one) => sum + one.wrong, 0);
      lines.push(`${model.name} ${scene.name}: ${wrong} wrong: ${counted.map(({ text }) => text).join("; ")}`);
    }
  }
  return lines.length === 0 ? [ABSENT] : lines;
}
