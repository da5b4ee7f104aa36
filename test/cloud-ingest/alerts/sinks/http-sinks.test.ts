import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Resolve } from "../../../../cloud-ingest/alerts/sinks/address.ts";
import { callHttp } from "../../../../cloud-ingest/alerts/sinks/http-call.ts";
import { PagerDutySink } from "../../../../cloud-ingest/alerts/sinks/pager-duty.ts";
import { NotTaken, type Sink } from "../../../../cloud-ingest/alerts/sinks/sink.ts";
import { SlackSink } from "../../../../cloud-ingest/alerts/sinks/slack.ts";
import { WebhookV4Sink } from "../../../../cloud-ingest/alerts/sinks/webhook-v4.ts";
import { type Answer, answersTwice, asksToWait, breaksOff, hangs, neverEnds, receiver, redirects } from "./receiver.ts";
import { notification, shown } from "./shown.ts";

const LIVING = new AbortController().signal;
const NOW = Date.parse("2026-03-02T01:12:30.000Z");

const errorOf = (work: Promise<unknown>): Promise<NotTaken> =>
  work.then(
    () => expect.fail("it was taken"),
    (error: unknown) => {
      expect(error).toBeInstanceOf(NotTaken);
      return error instanceof NotTaken ? error : expect.fail();
    },
  );

describe("a call", () => {
  test.each<{ name: string; answer: Answer; says: RegExp; isFinal?: boolean; afterMs?: number }>([
    { name: "fails", answer: 500, says: /^answered 500$/ },
    { name: "is not found, which may be mended", answer: 404, says: /^answered 404$/ },
    { name: "is refused for what it holds", answer: 400, says: /^answered 400$/, isFinal: true },
    { name: "is too large", answer: 413, says: /^answered 413$/, isFinal: true },
    { name: "comes too soon", answer: asksToWait(7), says: /^answered 429$/, afterMs: 7_000 },
    { name: "comes too soon, and nobody says how long", answer: 429, says: /^answered 429$/, afterMs: 120_000 },
    {
      name: "is redirected to this machine",
      answer: redirects("http://127.0.0.1:1/"),
      says: /redirect, which is not followed/,
    },
    { name: "hangs", answer: hangs, says: /no answer within 0.3 s/ },
    { name: "is broken off", answer: breaksOff, says: /ECONNRESET/ },
  ])("that $name is not taken", async ({ answer, says, isFinal = false, afterMs }) => {
    const { url, heard } = await receiver(answer);
    const error = await errorOf(
      callHttp({ url: `${url}/x?key=secret`, allowPrivate: true, answerMs: 300 }, { body: "{}" }, LIVING),
    );
    expect(error.message).toMatch(says);
    expect(error.message).not.toMatch(/127|secret/);
    expect(error).toMatchObject({ isFinal, afterMs });
    expect(heard).toHaveLength(1);
  });

  test("that is answered twice is taken once, and one whose answer never ends is read to a bound", async () => {
    const { url, heard } = await receiver(answersTwice, neverEnds);
    const target = { url, allowPrivate: true, answerMs: 5_000 };
    expect(await callHttp(target, { body: "{}" }, LIVING)).toBe("ok");
    expect((await callHttp(target, { body: "{}" }, LIVING)).length).toBeLessThan(200_000);
    expect(heard).toHaveLength(2);
  });

  test("goes to no private address without the key, by number or by name", async () => {
    const { url, heard, port } = await receiver();
    const toMyself: Resolve = (_name, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]);
    const target = { allowPrivate: false, resolve: toMyself };
    expect((await errorOf(callHttp({ ...target, url }, {}, LIVING))).message).toMatch(/private/);
    const byName = await errorOf(callHttp({ ...target, url: `http://hooks.example.com:${port}/` }, {}, LIVING));
    expect(byName.message).toMatch(/private/);
    expect(heard).toEqual([]);
  });

  test("of a name that changes between two looks goes where the last look allows, and nowhere else", async () => {
    const { heard, port } = await receiver();
    const answers = ["8.8.8.8", "127.0.0.1"];
    let looks = 0;
    const rebinding: Resolve = (_name, _options, callback) => {
      looks += 1;
      callback(null, [{ address: answers[looks - 1] ?? "127.0.0.1", family: 4 }]);
    };
    const target = {
      url: `https://hooks.example.com:${port}/`,
      allowPrivate: false,
      resolve: rebinding,
      answerMs: 300,
    };
    await errorOf(callHttp(target, {}, LIVING));
    // The first look was the one that was connected to: there is no second one in a call.
    expect(looks).toBe(1);
    await errorOf(callHttp(target, {}, LIVING));
    expect(heard).toEqual([]);
  });

  test("ends with the program", async () => {
    const { url } = await receiver(hangs);
    const stop = new AbortController();
    const call = errorOf(callHttp({ url, allowPrivate: true }, {}, stop.signal));
    setTimeout(() => stop.abort(), 50);
    await call;
  });
});

describe("the webhook", () => {
  test("posts version 4, signed, with one key for the same notifications", async () => {
    const { url, heard } = await receiver(500);
    const sink = new WebhookV4Sink({
      url,
      allowPrivate: true,
      name: "ops",
      secret: "hunter2",
      language: "ja",
      nowMs: () => NOW,
    });
    const other = shown({ alertId: "a-2", subject: { tenant: "acme", store: "ginza", device: "door-2" } });
    const both = [notification(1, "firing"), notification(2, "resolved", other)];
    await errorOf(sink.deliver(both, LIVING));
    await sink.deliver(both, LIVING);
    const [first, second] = heard;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
    const seconds = NOW / 1_000;
    const hex = createHmac("sha256", "hunter2").update(`${seconds}.${first?.body}`).digest("hex");
    expect(first?.headers["kazoe-signature"]).toBe(`t=${seconds},v1=${hex}`);
    const body = JSON.parse(first?.body ?? "");
    expect(body).toMatchObject({
      ...{ version: "4", receiver: "ops", status: "firing", groupKey: "acme/ginza", truncatedAlerts: 0 },
      groupLabels: { tenant: "acme", store: "ginza" },
      commonLabels: { alertname: "KazoeDevice", tenant: "acme", store: "ginza" },
    });
    expect(body.commonLabels).not.toHaveProperty("device");
    expect(body.alerts).toMatchObject([
      { status: "firing", endsAt: "0001-01-01T00:00:00Z", startsAt: "2026-03-02T01:00:00.000Z" },
      { status: "resolved", endsAt: "2026-03-02T02:00:00.000Z" },
    ]);
    // The consequence comes first, in the language that was asked for.
    expect(body.alerts[0].annotations).toMatchObject({ notification_id: "n-1", severity: "warning", data: "late" });
    expect(body.alerts[0].annotations.summary).toBe("[発生] acme/ginza/door-1: データ遅延 - 機器から通信がない");
    expect(body.alerts[0].annotations.description).toMatch(/^この機器からデータが届きません。/);
    expect(body.alerts[0].labels).not.toHaveProperty("severity");
  });
});

describe("PagerDuty", () => {
  const sinkOf = (url: string) => new PagerDutySink({ url, allowPrivate: true, routingKey: "R0UT1NG", language: "en" });

  test("gets a trigger and a resolve of one key", async () => {
    const { url, heard } = await receiver(202, 202);
    await sinkOf(url).deliver([notification(1, "firing")], LIVING);
    await sinkOf(url).deliver([notification(2, "resolved")], LIVING);
    expect(heard.map(({ path }) => path)).toEqual(["/v2/enqueue", "/v2/enqueue"]);
    const [trigger, resolve] = heard.map(({ body }) => JSON.parse(body));
    expect(trigger).toMatchObject({
      ...{ routing_key: "R0UT1NG", event_action: "trigger", dedup_key: "kazoe-a-1" },
      payload: {
        ...{ source: "acme/ginza/door-1", severity: "warning", component: "door-1", group: "acme/ginza" },
        ...{ class: "device-offline", timestamp: "2026-03-02T01:00:00.000Z" },
        summary: "[FIRING] acme/ginza/door-1: Data is late - Device is not heard",
        custom_details: { notification_id: "n-1", reasons: ["Device is not heard (device-offline): offlineS 712.3"] },
      },
    });
    expect(resolve).toEqual({ routing_key: "R0UT1NG", event_action: "resolve", dedup_key: "kazoe-a-1" });
  });

  test("gets less of what is too long, and a summary of what it takes", async () => {
    const { url, heard } = await receiver();
    const [reason] = shown().reasons;
    const long = { en: "x".repeat(2_000), ja: "長" };
    const many = Array.from({ length: 400 }, () => ({ ...reason!, title: long, runbook: long }));
    await sinkOf(url).deliver([notification(1, "firing", shown({ reasons: many }))], LIVING);
    const body = heard[0]?.body ?? "";
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(512 * 1_024);
    expect(JSON.parse(body).payload.summary.length).toBeLessThanOrEqual(1_024);
    expect(JSON.parse(body).payload.custom_details).toMatchObject({ notification_id: "n-1", trimmed: true });
  });

  test("gets changes as changes", async () => {
    const { url, heard } = await receiver();
    await sinkOf(url).change(
      { at: "2026-03-02T01:00:00Z", summary: "rules changed", details: { rules: "abc" } },
      LIVING,
    );
    expect(heard[0]?.path).toBe("/v2/change/enqueue");
    expect(JSON.parse(heard[0]?.body ?? "")).toMatchObject({ payload: { summary: "rules changed", source: "kazoe" } });
  });

  test("is asked again when it is busy, and not when it refuses", async () => {
    const { url } = await receiver(429, 400, 500);
    const tried = () => errorOf(sinkOf(url).deliver([notification(1, "firing")], LIVING));
    expect(await tried()).toMatchObject({ isFinal: false, afterMs: 120_000 });
    expect(await tried()).toMatchObject({ isFinal: true });
    expect(await tried()).toMatchObject({ isFinal: false, afterMs: undefined });
  });
});

test("Slack gets one message for a store, and nothing in it is a link or calls everybody", async () => {
  const { url, heard } = await receiver();
  const sink: Sink = new SlackSink({ url, allowPrivate: true, language: "en" });
  const evil = shown({ subject: { tenant: "acme", store: "ginza", device: "<!channel> & co" } });
  await sink.deliver([notification(1, "firing", evil)], LIVING);
  await sink.deliver([notification(2, "firing"), notification(3, "resolved")], LIVING);
  const [one, two] = heard.map(({ body }) => JSON.parse(body).text);
  expect(one).toContain("&lt;!channel&gt; &amp; co");
  expect(one).toContain("What to do first:");
  expect(two.split("\n")).toHaveLength(2);
});
