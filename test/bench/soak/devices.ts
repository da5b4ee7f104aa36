import { connectAsync, type MqttClient } from "mqtt";
import { clientIdOf, type DeviceIdentity, topicOf } from "../../../firmware-config/contract/topics.ts";

/** One health message in so many counts, about what a device with five targets and windows of a minute sends. */
const HEALTH_EVERY = 10;
const TICK_MS = 100;

export interface FleetOptions {
  readonly port: number;
  readonly token: string;
  readonly devices: readonly DeviceIdentity[];
  /** Messages per second of all together. */
  readonly rate: number;
}

/** Real MQTT clients that send valid counts and health at a steady rate. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #bootId = `soak-${Date.now()}`;
  #clients: readonly MqttClient[] = [];
  #timer: NodeJS.Timeout | undefined;
  #startMs = 0;
  #sent = 0;
  #acked = 0;
  #failed = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get acked(): number {
    return this.#acked;
  }

  /** Messages that no PUBACK came for. */
  get failed(): number {
    return this.#failed;
  }

  async start(): Promise<void> {
    const { port, token, devices } = this.#options;
    this.#clients = await Promise.all(
      devices.map((device) => {
        const name = clientIdOf(device);
        const will = { topic: topicOf(device, "state"), payload: Buffer.from("{}"), qos: 1, retain: true } as const;
        const identity = { clientId: name, username: name, password: token };
        return connectAsync(`mqtt://127.0.0.1:${port}`, { ...identity, will, keepalive: 60 });
      }),
    );
    this.#startMs = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#clients.map((client) => client.endAsync()));
  }

  /** Sends as many as are due by now. */
  #tick(): void {
    const due = Math.floor(((performance.now() - this.#startMs) / 1000) * this.#options.rate);
    while (this.#sent < due) this.#send(this.#sent++);
  }

  #send(number: number): void {
    const at = number % this.#clients.length;
    const [client, device] = [this.#clients[at], this.#options.devices[at]];
    if (!client || !device) return;
    const message = this.#message(device, Math.floor(number / this.#clients.length));
    client.publishAsync(topicOf(device, message.kind), JSON.stringify(message), { qos: 1 }).then(
      () => this.#acked++,
      () => this.#failed++,
    );
  }

  #message({ device }: DeviceIdentity, seq: number) {
    const ts = new Date().toISOString();
    const envelope = { v: 1, deviceId: device, bootId: this.#bootId, seq, ts, monotonicMs: seq, clockSynced: true };
    return seq % HEALTH_EVERY === 0
      ? healthOf({ ...envelope, historical: false })
      : countsOf({ ...envelope, historical: false });
  }
}

type Envelope = Readonly<Record<"v" | "seq" | "monotonicMs", number>> &
  Readonly<Record<"deviceId" | "bootId" | "ts", string>> &
  Readonly<Record<"clockSynced" | "historical", boolean>>;

function countsOf(envelope: Envelope) {
  const windowStart = `${envelope.ts.slice(0, 19)}Z`;
  const zone = { visits: 1 + (envelope.seq % 3), stops: envelope.seq % 2, passersBy: 0, dwellS: envelope.seq % 100 };
  const occupancy = { occupancyMin: 0, occupancyMean: 0.25, occupancyMax: 1 + (envelope.seq % 3) };
  return {
    ...{
      ...envelope,
      kind: "counts" as const,
      cameraId: "front",
      targetKind: "line",
      targetId: `line-${envelope.seq % 5}`,
    },
    ...{ windowStart, windowS: 1, in: envelope.seq % 3, out: envelope.seq % 2 },
    ...{ ...zone, dwellHistogram: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0], ...occupancy },
    ...{ frames: 10, observedS: 1, partial: false },
  };
}

function healthOf(envelope: Envelope) {
  const tallies = { outboxDepth: 0, outboxBytes: 0, outboxOldestAgeS: 0, outboxDropped: 0 };
  const memory = { memoryUsedMb: 1, memoryTotalMb: 2, rssMb: 3, temperatureC: null, diskFreeMb: 4 };
  const vitals = { uptimeS: 1, cpuPercent: 2, inferenceMs: 5, ...memory, ...tallies };
  return { ...envelope, ...vitals, kind: "health" as const, cameras: [] };
}
