import { connectAsync, type MqttClient } from "mqtt";
import type { MqttConfig } from "../../firmware-config/config/device.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import { readMqttFiles } from "./mqtt-files.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const KEEPALIVE_S = 30;
/** CONNACK codes of MQTT 3.1.1: identifier rejected, bad user name or password, not authorised. */
const REFUSED = new Set<unknown>([2, 4, 5]);

/** What a connection needs to know about its device. */
export interface SessionOptions {
  readonly mqtt: MqttConfig;
  /** `tenant/store/device`: client id and user name. */
  readonly clientId: string;
  readonly will: { readonly topic: string; readonly payload: string };
}

/**
 * Opens one connection to the broker. It does not reconnect by itself and stores nothing: the outbox owns both.
 * Throws `AppError` BROKER_REFUSED or BROKER_UNREACHABLE.
 */
export async function openSession({ mqtt, clientId, will }: SessionOptions): Promise<MqttClient> {
  const files = await readMqttFiles(mqtt);
  try {
    return await connectAsync(
      mqtt.url,
      {
        clientId,
        username: clientId,
        ...files,
        clean: true,
        reconnectPeriod: 0,
        queueQoSZero: false,
        connectTimeout: CONNECT_TIMEOUT_MS,
        keepalive: KEEPALIVE_S,
        will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
      },
      false,
    );
  } catch (error) {
    throw connectionError(error, mqtt.url);
  }
}

function connectionError(error: unknown, url: string): AppError {
  if (error instanceof Error && "code" in error && REFUSED.has(error.code)) {
    return new AppError(`The broker ${url} does not accept this device`, {
      code: "BROKER_REFUSED",
      hint: "Check tenant, store, device and the token file against the cloud's list of devices.",
      cause: error,
      retryable: true,
    });
  }
  return new AppError(`The broker ${url} does not answer: ${messageOf(error)}`, {
    code: "BROKER_UNREACHABLE",
    hint: "Check mqtt.url and the network; counts wait in the outbox meanwhile.",
    cause: error,
    retryable: true,
  });
}
