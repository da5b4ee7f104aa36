import type { DeviceConfig } from "../firmware-config/config/device.ts";
import { readPassword } from "./camera/credentials.ts";
import { readMqttFiles } from "./mqtt/mqtt-files.ts";

/** Reads each secret and certificate that the configuration names once, so that a missing one is said at the start. Throws `AppError` CONFIG_*. */
export async function checkConfigFiles({ mqtt, cameras }: DeviceConfig): Promise<void> {
  await readMqttFiles(mqtt);
  for (const [i, { passwordFile }] of cameras.entries())
    if (passwordFile !== undefined) await readPassword(passwordFile, `cameras[${i}].passwordFile`);
}
