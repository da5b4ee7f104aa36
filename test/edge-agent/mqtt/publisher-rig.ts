import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type PublishPacket } from "aedes";
import { onTestFinished } from "vitest";
import { Publisher, type PublisherOptions } from "../../../edge-agent/mqtt/publisher.ts";
import { Outbox, type OutboxOptions } from "../../../edge-agent/outbox/outbox.ts";
import type { BirthMessage } from "../../../firmware-config/contract/presence.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { eventDraft } from "../../support/drafts.ts";
import { tempDir } from "../../support/temp-dir.ts";

const identity = { tenant: "t", store: "s", device: "cam-1" };
const birth = (): BirthMessage => ({
  v: 1,
  kind: "birth",
  deviceId: "cam-1",
  bootId: "boot-0001",
  ts: new Date().toISOString(),
  agentVersion: "0",
  nodeVersion: "0",
  modelName: "m",
  modelSha256: "0".repeat(64),
  configVersion: "0",
  cameras: [],
});
/** A real broker that hands every publish to `gate` before it is acknowledged. */
export class TestBroker {
  readonly published: PublishPacket[] = [];
  /** Connections ever made. */
  connections = 0;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;
  accept = true;
  gate: (packet: PublishPacket) => Promise<void> = async () => {};

  async start(port = 0): Promise<void> {
    const aedes = await Aedes.createBroker();
    aedes.authenticate = (_client, _user, _password, done) => {
      const refusal: AuthenticateError = Object.assign(new Error("no"), { returnCode: 5 as const });
      done(this.accept ? null : refusal, this.accept);
    };
    aedes.authorizePublish = (_client, packet, done) => {
      this.gate(packet).then(
        () => {
          this.published.push(packet);
          done(null);
        },
        (error: Error) => done(error),
      );
    };
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      this.connections += 1;
      socket.on("close", () => this.#sockets.delete(socket));
      aedes.handle(socket);
    }).listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    this.port = typeof address === "object" && address ? address.port : 0;
    onTestFinished(() => this.stop());
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** What no client can read. */
  sendRubbish(): void {
    for (const socket of this.#sockets) socket.write(Buffer.from([0xf0, 0x01, 0xff, 0xff, 0xff]));
  }

  async stop(): Promise<void> {
    this.dropConnections();
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined));
    this.#server = undefined;
  }

  data() {
    return this.published
      .filter(({ topic }) => topic.endsWith("/events"))
      .map(({ payload }) => JSON.parse(payload.toString()));
  }

  states() {
    return this.published
      .filter(({ topic }) => topic.endsWith("/state"))
      .map(({ payload }) => JSON.parse(payload.toString()));
  }
}

/** An outbox in `dir`, by default a folder of its own. */
export async function openOutbox(change: Partial<OutboxOptions> = {}): Promise<Outbox> {
  const options = { dir: await tempDir(), deviceId: "cam-1", bootId: "boot-0001", maxBytes: 1e9, maxAgeMs: 1e12 };
  return Outbox.open({ ...options, clock: systemClock, isClockSynced: () => false, log: silentLog, ...change });
}

/** A publisher that runs until the test ends or `stop` aborts. */
export async function setUp(broker: TestBroker, change: Partial<PublisherOptions> = {}) {
  const outbox = change.outbox ?? (await openOutbox());
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}`, inFlight: 16, replayPerS: 100_000 };
  const options = { identity, bootId: "boot-0001", mqtt, outbox, birth, clock: systemClock, log: silentLog };
  const publisher = new Publisher({ ...options, ...change });
  const stop = new AbortController();
  const running = publisher.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
    await outbox.close();
  });
  return { outbox, publisher, stop, running };
}

export const commit = async (outbox: Outbox, count: number) => {
  await outbox.commit(
    Array.from({ length: count }, () => eventDraft()),
    undefined,
  );
  await outbox.flush(AbortSignal.timeout(5_000));
};
