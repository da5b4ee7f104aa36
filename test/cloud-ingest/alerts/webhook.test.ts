import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import type { Resolve } from "../../../cloud-ingest/alerts/sinks/address.ts";
import { Webhook } from "../../../cloud-ingest/alerts/webhook.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const SECRET = "hunter2";
const FAILED = { type: "job.failed", at: "2026-11-24T00:30:00.000Z", data: { job: "roll-up", reason: "東京" } };
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Heard {
  readonly body: string;
  readonly signature: string;
}

/** A receiver that answers with each status in turn, and a webhook that posts to it. */
async function setUp(statuses: readonly number[], on: readonly string[] = ["job.failed"]) {
  const heard: Heard[] = [];
  const answers = [...statuses];
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const status = answers.shift() ?? 200;
    heard.push({ body: Buffer.concat(chunks).toString(), signature: String(request.headers["kazoe-signature"]) });
    // Takes it, and never answers.
    if (status === 0) return;
    response.writeHead(status, { Location: "/elsewhere" }).end("thanks");
  };
  const server = createServer((request, response) => void receive(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const [log, clock, stop] = [new LogRecorder(), new ManualClock(FAILED.at), new AbortController()];
  const url = `http://127.0.0.1:${port}/hook?token=secret-of-the-address`;
  const webhook = new Webhook({
    url,
    allowPrivate: true,
    secret: SECRET,
    on,
    clock,
    log,
    firstPauseMs: 5,
    answerMs: 200,
  });
  const running = webhook.run(stop.signal);
  stops.push(async () => {
    stop.abort();
    await running;
    server.closeAllConnections();
    server.close();
  });
  return { webhook, heard, log, stop, running };
}

test("an alert is posted with a signature that its receiver can check", async () => {
  const { webhook, heard } = await setUp([]);
  webhook.tell(FAILED);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  const [{ body, signature } = { body: "", signature: "" }] = heard;
  expect(JSON.parse(body)).toEqual(FAILED);
  const seconds = Date.parse(FAILED.at) / 1_000;
  expect(signature).toBe(`t=${seconds},v1=${createHmac("sha256", SECRET).update(`${seconds}.${body}`).digest("hex")}`);
});

test("what is not asked for is not sent", async () => {
  const { webhook, heard } = await setUp([]);
  webhook.tell({ ...FAILED, type: "job.started" });
  webhook.tell(FAILED);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(heard[0]?.body).toContain("job.failed");
});

test.each([500, 404, 302])("an answer of %i is tried again, later alerts wait their turn", async (status) => {
  const { webhook, heard, log } = await setUp([status, status]);
  webhook.tell(FAILED);
  webhook.tell({ ...FAILED, data: { job: "archive" } });
  await vi.waitFor(() => expect(heard).toHaveLength(4));
  expect(heard.map(({ body }) => JSON.parse(body).data.job)).toEqual(["roll-up", "roll-up", "roll-up", "archive"]);
  expect(log.lines).toEqual(["warn alert not taken", "warn alert not taken"]);
});

test("what nobody takes is given up and said, without the address or the secret", async () => {
  const { webhook, log } = await setUp(Array(6).fill(503));
  webhook.tell(FAILED);
  await vi.waitFor(() => expect(log.lines).toContain("error alert not sent"));
  expect(JSON.stringify(log)).not.toMatch(/hunter2|secret-of-the-address/);
});

test.each([
  { name: "this machine", url: "http://127.0.0.1:1/", allowPrivate: false, found: [] },
  { name: "where clouds keep their credentials", url: "http://169.254.169.254/", allowPrivate: true, found: [] },
  {
    name: "a name that leads into a private network",
    url: "https://hooks.example/",
    allowPrivate: false,
    found: ["10.0.0.1"],
  },
  { name: "the internet without TLS", url: "http://hooks.example/", allowPrivate: true, found: ["93.184.216.34"] },
])("$name is not called", async ({ url, allowPrivate, found }) => {
  const [log, clock, stop] = [new LogRecorder(), new ManualClock(FAILED.at), new AbortController()];
  const resolve: Resolve = (_, __, done) =>
    done(
      null,
      found.map((address) => ({ address, family: 4 })),
    );
  const parts = { url, allowPrivate, secret: SECRET, on: ["job.failed"], clock, log, firstPauseMs: 1, resolve };
  const webhook = new Webhook(parts);
  webhook.tell(FAILED);
  const running = webhook.run(stop.signal);
  await vi.waitFor(() => expect(log.lines).toContain("error alert not sent"));
  stop.abort();
  await running;
  expect(JSON.stringify(log)).toMatch(/private address|no receiver has|without TLS/);
});

test("a receiver that is away ends nothing, and what waits at the stop is said", async () => {
  const [log, clock, stop] = [new LogRecorder(), new ManualClock(FAILED.at), new AbortController()];
  const webhook = new Webhook({
    url: "http://127.0.0.1:1/",
    allowPrivate: true,
    secret: SECRET,
    on: ["job.failed"],
    clock,
    log,
  });
  for (let index = 0; index < 1_200; index += 1) webhook.tell(FAILED);
  const running = webhook.run(stop.signal);
  await vi.waitFor(() => expect(log.lines).toContain("warn alert not taken"));
  stop.abort();
  await running;
  expect(log.lines.slice(-2)).toEqual(["error alert not sent", "warn alerts were not sent"]);
});

test("a receiver that never answers holds up nobody: it is asked again, and the next alert goes out", async () => {
  const { webhook, heard } = await setUp([0, 0]);
  webhook.tell(FAILED);
  webhook.tell({ ...FAILED, at: "2026-11-24T00:31:00.000Z" });
  // What waits for the answer must not hang on anything that may be collected.
  const collect = setInterval(() => globalThis.gc?.(), 20);
  await vi.waitFor(() => expect(heard).toHaveLength(4), 5_000);
  clearInterval(collect);
  expect(heard.map(({ body }) => JSON.parse(body).at)).toEqual([
    FAILED.at,
    FAILED.at,
    FAILED.at,
    "2026-11-24T00:31:00.000Z",
  ]);
});
