import { expect, test, vi } from "vitest";
import { Heartbeat } from "../../../../cloud-ingest/alerts/sinks/heartbeat.ts";
import { systemClock } from "../../../../firmware-config/kit/clock.ts";
import { LogRecorder } from "../../../support/log-recorder.ts";
import { hangs, receiver } from "./receiver.ts";

test("an outside address is called as long as alerts are judged, through failures, and not when they are not", async () => {
  const { url, heard } = await receiver(200, 500, hangs);
  const log = new LogRecorder();
  let isAlive = true;
  const stop = new AbortController();
  const parts = { allowPrivate: true, everyMs: 10, answerMs: 100, clock: systemClock, log, isAlive: () => isAlive };
  const running = new Heartbeat({ ...parts, url: `${url}/ping/secret-of-the-address` }).run(stop.signal);
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(5), { timeout: 3_000 });
  expect(heard[0]).toMatchObject({ method: "GET", path: "/ping/secret-of-the-address" });
  isAlive = false;
  await new Promise((done) => setTimeout(done, 50));
  const before = heard.length;
  await new Promise((done) => setTimeout(done, 100));
  expect(heard.length).toBe(before);
  stop.abort();
  await running;
  expect(log.lines).toEqual(["warn the heartbeat was not taken", "warn the heartbeat was not taken"]);
  expect(JSON.stringify(log)).not.toContain("secret");
});
