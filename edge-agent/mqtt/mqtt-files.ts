import { X509Certificate } from "node:crypto";
import type { MqttConfig } from "../../firmware-config/config/device.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { readSecretFile, readTextOf, unusable } from "../../firmware-config/kit/secret-file.ts";

/** What the connection needs of the files that `mqtt` names. */
export interface MqttFiles {
  readonly password?: string;
  readonly ca?: Buffer;
}

const MAX_CA_BYTES = 1024 * 1024;
const CA = {
  key: "mqtt.caFile",
  hint: "Name the PEM file of the broker's certificate authority, or leave out caFile.",
};

/** Reads and checks them; anew for each connection, so that a new token needs no restart. Throws `AppError` CONFIG_*. */
export async function readMqttFiles({ tokenFile, caFile }: MqttConfig): Promise<MqttFiles> {
  return {
    ...(tokenFile === undefined ? {} : { password: await readSecretFile(tokenFile, tokenPlace(tokenFile)) }),
    ...(caFile === undefined ? {} : { ca: await readCa(caFile) }),
  };
}

function tokenPlace(file: string) {
  const hint = `Make one with \`kazoe token --file ${file}\`, as the user that runs the agent, and give its hash to the cloud.`;
  return { key: "mqtt.tokenFile", hint };
}

async function readCa(file: string): Promise<Buffer> {
  const ca = Buffer.from(await readTextOf(file, CA, { maxBytes: MAX_CA_BYTES }));
  try {
    new X509Certificate(ca);
  } catch (error) {
    throw unusable(file, CA, `is not a certificate: ${messageOf(error)}`);
  }
  return ca;
}
