import { dirname, isAbsolute, resolve } from "node:path";
import { type CameraConfig, DeviceConfig } from "./device.ts";
import { deviceFaults } from "./device-rules.ts";
import { loadConfig } from "./load.ts";
import { sourceOf } from "./source.ts";

const MAX_BYTES = 256 * 1024;

/** Reads a device's configuration; paths in it become absolute, from the file's own folder. Throws `AppError`. */
export async function loadDeviceConfig(file: string): Promise<DeviceConfig> {
  const config = await loadConfig(file, { schema: DeviceConfig, rules: deviceFaults, maxBytes: MAX_BYTES });
  const at = (path: string) => resolve(dirname(file), path);
  return {
    ...config,
    dataDir: at(config.dataDir),
    cameras: config.cameras.map((camera) => withAbsolutePaths(camera, at)),
    detector: {
      ...config.detector,
      model: looksLikeFile(config.detector.model) ? at(config.detector.model) : config.detector.model,
    },
    mqtt: {
      ...config.mqtt,
      ...(config.mqtt.tokenFile === undefined ? {} : { tokenFile: at(config.mqtt.tokenFile) }),
      ...(config.mqtt.caFile === undefined ? {} : { caFile: at(config.mqtt.caFile) }),
    },
  };
}

/** True for what can only be the path of a file, not a name. */
function looksLikeFile(text: string): boolean {
  return isAbsolute(text) || /[\\/]|\.onnx$/i.test(text);
}

function withAbsolutePaths(camera: CameraConfig, at: (path: string) => string): CameraConfig {
  const source = sourceOf(camera.source);
  return {
    ...camera,
    source: source.kind === "file" ? at(source.path) : camera.source,
    ...(camera.passwordFile === undefined ? {} : { passwordFile: at(camera.passwordFile) }),
  };
}
