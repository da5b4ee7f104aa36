import { type Message, PubSub } from "@google-cloud/pubsub";
import { expect, onTestFinished, test, vi } from "vitest";
import { Courier } from "../../../cloud-ingest/alerts/courier.ts";
import { openAlerts } from "../../../cloud-ingest/alerts/open-alerts.ts";
import { openPubSubBus } from "../../../cloud-ingest/pubsub/open-pubsub-bus.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { QUIET_ALERTS } from "../../support/alerts-config.ts";
import { aRun } from "../../support/job-run.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { fakePlace } from "../pubsub/pubsub-rig.ts";

const AT = "2026-11-24T00:30:00.000Z";
const alert = (type: string, outcome: "running" | "failed") => ({
  ...{ type, at: AT, data: aRun({ job: "roll-up", outcome, runId: "r-1" }) },
});

/** What comes out of a topic for events, and who hears of alerts where that topic is configured. */
async function setUp(ends: { announces: boolean }) {
  const { place } = await fakePlace();
  const client = new PubSub({ projectId: place.project, apiEndpoint: place.endpoint });
  const [topic] = await client.createTopic("events");
  const [subscription] = await topic.createSubscription("programs", { enableMessageOrdering: true });
  const heard: Message[] = [];
  subscription.on("message", (message: Message) => {
    heard.push(message);
    message.ack();
  });
  const troubles = new Troubles({ log: silentLog, clock: systemClock });
  const parts = { dataDir: await tempDir(), ends: { writes: false, reads: false, ...ends }, troubles };
  const bus = await openPubSubBus(place.options({ eventsTopic: "events" }), parts);
  const sinks = await openAlerts(QUIET_ALERTS, { clock: systemClock, log: silentLog, bus });
  const stop = new AbortController();
  const running = sinks.map((sink) => sink.run(stop.signal));
  onTestFinished(async () => {
    stop.abort();
    await Promise.all(running);
    await bus.close();
    await subscription.close();
    await client.close();
  });
  return { sinks, heard };
}

test("start and failure of a job are events on the bus, in their order, with what to filter by", async () => {
  const { sinks, heard } = await setUp({ announces: true });
  expect(sinks).toHaveLength(1);
  const told = [alert("job.started", "running"), alert("job.failed", "failed")];
  for (const one of told) sinks[0]?.tell(one);
  await vi.waitFor(() => expect(heard).toHaveLength(2), 10_000);
  expect(heard.map(({ data }) => JSON.parse(data.toString()))).toEqual(told);
  expect(heard.map(({ attributes }) => attributes)).toEqual([
    { type: "job.started", job: "roll-up", outcome: "running" },
    { type: "job.failed", job: "roll-up", outcome: "failed" },
  ]);
  expect(new Set(heard.map(({ orderingKey }) => orderingKey))).toEqual(new Set(["roll-up"]));
});

test("a process without the role jobs announces nothing", async () => {
  expect((await setUp({ announces: false })).sinks).toEqual([]);
});

test("what the bus does not take is tried again, and what comes after it waits", async () => {
  const log = new LogRecorder();
  const taken: string[] = [];
  let failures = 2;
  const deliver = async ({ type }: { type: string }) => {
    if (failures-- > 0) throw new Error("away");
    taken.push(type);
  };
  const courier = new Courier({ to: "bus", deliver, log, firstPauseMs: 5 });
  const stop = new AbortController();
  const running = courier.run(stop.signal);
  for (const type of ["job.started", "job.ended"]) courier.tell({ type, at: AT, data: {} });
  await vi.waitFor(() => expect(taken).toEqual(["job.started", "job.ended"]));
  stop.abort();
  await running;
  expect(log.lines).toEqual(["warn alert not taken", "warn alert not taken"]);
});
