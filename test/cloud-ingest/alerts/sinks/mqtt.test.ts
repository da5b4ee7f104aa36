import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import { connectAsync } from "mqtt";
import { expect, onTestFinished, test, vi } from "vitest";
import { MqttSink } from "../../../../cloud-ingest/alerts/sinks/mqtt.ts";
import { NotTaken } from "../../../../cloud-ingest/alerts/sinks/sink.ts";
import { notification, shown } from "./shown.ts";

const LIVING = new AbortController().signal;

async function setUp() {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `mqtt://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  onTestFinished(() => {
    broker.close();
    server.close();
  });
  return { broker, url };
}

const parts = { topic: "ops/alerts", allowPrivate: true, language: "en" as const, answerMs: 500 };

test("how a subject stands is retained under its topic, for who comes later", async () => {
  const { url } = await setUp();
  const sink = new MqttSink({ ...parts, url });
  await sink.deliver([notification(1, "firing"), notification(2, "resolved")], LIVING);
  await sink.deliver(
    [notification(3, "firing", shown({ subject: { tenant: "acme", store: "umeda", device: "" } }))],
    LIVING,
  );
  const reader = await connectAsync(url);
  const heard = new Map<string, { status: string; notificationId: string }>();
  reader.on("message", (topic, payload) => heard.set(topic, JSON.parse(payload.toString())));
  await reader.subscribeAsync("ops/alerts/#");
  await vi.waitFor(() => expect(heard.size).toBe(2));
  expect(heard.get("ops/alerts/acme/ginza/door-1")).toMatchObject({ status: "resolved", notificationId: "n-2" });
  expect(heard.get("ops/alerts/acme/umeda")).toMatchObject({ status: "firing", notificationId: "n-3" });
  await reader.endAsync();
});

test("a broker that refuses, hangs or is not there has not taken it", async () => {
  const { broker, url } = await setUp();
  broker.authenticate = (_client, _user, _password, done) =>
    done(Object.assign(new Error("no"), { returnCode: 4 }), false);
  const tried = (over: object) =>
    new MqttSink({ ...parts, url, ...over })
      .deliver([notification(1, "firing")], LIVING)
      .catch((error: unknown) => error);
  expect(await tried({ user: "kazoe", password: "hunter2" })).toBeInstanceOf(NotTaken);
  expect(await tried({ url: "mqtt://127.0.0.1:1" })).toMatchObject({ message: "ECONNREFUSED" });
  expect(await tried({ allowPrivate: false })).toMatchObject({ message: expect.stringMatching(/private/) });
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = typeof address === "object" && address ? address.port : 0;
  expect(await tried({ url: `mqtt://127.0.0.1:${port}` })).toMatchObject({ message: "no answer within 0.5 s" });
  silent.close();
});
