import { connect, type MqttClient } from "mqtt";
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
 * Opens one connection to the broker. It does not reconnect by itself and stores nothing: the outbox owns both. Throws
 * `AppError` BROKER_REFUSED, BROKER_UNREACHABLE, also when `signal` aborts, or CONFIG_* for a file that it needs.
 */
export async function openSession({ mqtt, clientId, will }: SessionOptions, signal: AbortSignal): Promise<MqttClient> {
  const client = connect(mqtt.url, {
    clientId,
    username: clientId,
    ...(await readMqttFiles(mqtt)),
    clean: true,
    reconnectPeriod: 0,
    queueQoSZero: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: KEEPALIVE_S,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
  });
  // The wait below tells of the first error; a later one without a listener would end the process.
  client.on("error", () => {});
  try {
    await connected(client, signal);
    return client;
  } catch (error) {
    client.end(true);
    throw connectionError(error, mqtt.url);
  }
}

/** Rejects when the connection fails, closes, or `signal` aborts. */
async function connected(client: MqttClient, signal: AbortSignal): Promise<void> {
  let stop = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      stop = () => reject(new Error("the agent stops"));
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
      client.once("connect", () => resolve());
      client.once("error", reject);
      client.once("close", () => reject(new Error("the connection was closed")));
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The broker takes messages but does not say that it has them. */
export function unacknowledged(url: string): AppError {
  return new AppError(`The broker ${url} does not acknowledge`, {
    code: "BROKER_UNREACHABLE",
    hint: "Look at the broker's disk and load; counts wait in the outbox meanwhile.",
    retryable: true,
  });
}

/** A connection that ended without our doing. */
export function connectionLost(url: string): AppError {
  return new AppError(`The connection to the broker ${url} ended`, {
    code: "BROKER_UNREACHABLE",
    hint: "If it happens again and again, look for another device with the same identity, or at the network.",
    retryable: true,
  });
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
