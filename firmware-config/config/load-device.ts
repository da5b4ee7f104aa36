import { dirname, isAbsolute, resolve } from "node:path";
import { AppError } from "../kit/errors.ts";
import { type CameraConfig, DeviceConfig } from "./device.ts";
import { loadConfig } from "./load.ts";

/** Reads a device's configuration; paths in it become absolute, from the file's own folder. Throws `AppError`. */
export async function loadDeviceConfig(file: string): Promise<DeviceConfig> {
  const config = await loadConfig(file, DeviceConfig);
  checkUnique(file, "cameras", config.cameras);
  config.cameras.forEach((camera, i) => {
    checkCamera(file, `cameras[${i}]`, camera);
  });
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
export function looksLikeFile(text: string): boolean {
  return isAbsolute(text) || /[\\/]|\.onnx$/i.test(text);
}

function withAbsolutePaths(camera: CameraConfig, at: (path: string) => string): CameraConfig {
  const isFile = !/^[a-z]+:\/\//i.test(camera.source);
  return {
    ...camera,
    source: isFile ? at(camera.source) : camera.source,
    ...(camera.passwordFile === undefined ? {} : { passwordFile: at(camera.passwordFile) }),
  };
}

function checkCamera(file: string, path: string, camera: CameraConfig): void {
  checkUnique(file, `${path}.lines`, camera.lines);
  checkUnique(file, `${path}.zones`, camera.zones);
  camera.lines.forEach(({ from, to }, i) => {
    if (from[0] === to[0] && from[1] === to[1])
      throw invalid(file, `${path}.lines[${i}]: from and to are the same point`);
  });
}

function checkUnique(file: string, path: string, items: readonly { readonly id: string }[]): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) throw invalid(file, `${path}: the id "${id}" is there twice`);
    seen.add(id);
  }
}

function invalid(file: string, text: string): AppError {
  return new AppError(`The configuration is not valid:\n  ${file} ${text}`, {
    code: "CONFIG_INVALID",
    hint: "Correct this place; the README has the reference of all keys.",
  });
}
