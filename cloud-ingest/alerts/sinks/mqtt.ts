import { connect as netConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { MqttClient } from "mqtt";
import { withTimeLimit } from "../../../firmware-config/kit/time-limit.ts";
import { guardedLookup, type Resolve, refuseAddress } from "./address.ts";
import { annotationsOf, labelsOf } from "./alertmanager-object.ts";
import { type Language, type Notification, NotTaken, type Sink } from "./sink.ts";

const ANSWER_MS = 15_000;
const PORTS: Readonly<Record<string, number>> = { "mqtt:": 1883, "mqtts:": 8883 };

export interface MqttParts {
  /** `mqtts://host:port` or, on a network of one's own, `mqtt://`. */
  readonly url: string;
  /** Before `/tenant/store/device`. */
  readonly topic: string;
  readonly allowPrivate: boolean;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly language: Language;
  readonly resolve?: Resolve | undefined;
  readonly answerMs?: number | undefined;
  /** PEM of the server's authority; left out, those of the system. */
  readonly ca?: string | undefined;
}

/** How things stand with a subject, retained under its own topic, with QoS 1: who subscribes later sees it too. */
export class MqttSink implements Sink {
  readonly atOnce = 50;
  readonly #parts: MqttParts;

  constructor(parts: MqttParts) {
    this.#parts = parts;
  }

  async deliver(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    const { answerMs = ANSWER_MS } = this.#parts;
    const limit = { signal, limitMs: answerMs, late: new Error(`no answer within ${answerMs / 1_000} s`) };
    await withTimeLimit(limit, (ends) => this.#publish(notifications, ends)).catch((error: unknown) => {
      throw new NotTaken(codeOf(error));
    });
  }

  async #publish(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    // For a few messages an hour a connection is made anew each time: none has to be watched and kept.
    const client = this.#client();
    try {
      await within(signal, connected(client));
      for (const one of notifications) {
        const { topic, payload } = this.#message(one);
        await within(signal, client.publishAsync(topic, payload, { qos: 1, retain: true }));
      }
      await within(signal, client.endAsync());
    } finally {
      client.end(true);
    }
  }

  #client(): MqttClient {
    const { url, user, password, allowPrivate, resolve, ca } = this.#parts;
    const { protocol, hostname, port } = new URL(url);
    const isPlain = protocol === "mqtt:";
    const rule = { allowPrivate, isPlain };
    refuseAddress(hostname, rule);
    const host = hostname.replace(/^\[|\]$/g, "");
    const to = { host, port: Number(port) || (PORTS[protocol] ?? 8883), lookup: guardedLookup(rule, resolve) };
    const stream = () =>
      isPlain ? netConnect(to) : tlsConnect({ ...to, servername: host, ...(ca !== undefined && { ca }) });
    const login = user === undefined ? {} : { username: user, password: password ?? "" };
    return new MqttClient(stream, { reconnectPeriod: 0, clean: true, ...login });
  }

  #message({ id, kind, alert, at }: Notification) {
    const { topic, language } = this.#parts;
    const { tenant, store, device } = alert.subject;
    const path = [topic, ...[tenant, store, device].filter((one) => one !== "")].join("/");
    const status = kind === "resolved" ? "resolved" : "firing";
    const ends = alert.until === undefined ? {} : { endsAt: alert.until };
    const annotations = annotationsOf(alert, language, kind);
    const payload = {
      notificationId: id,
      at,
      status,
      labels: labelsOf(alert),
      annotations,
      startsAt: alert.since,
      ...ends,
    };
    return { topic: path, payload: JSON.stringify(payload) };
  }
}

function connected(client: MqttClient): Promise<void> {
  return new Promise((done, fail) => {
    client.once("connect", () => done());
    // Each error has a listener, or it would end the process.
    client.on("error", fail);
    client.once("close", () => fail(new Error("closed the connection")));
  });
}

/** The work, or the signal's reason when it aborts before. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, fail) => {
    stop = () => fail(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "failed";
  return "code" in error && (typeof error.code === "string" || typeof error.code === "number")
    ? String(error.code)
    : error.message;
}
