import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import type { PubSubConfig } from "../../../cloud-ingest/pubsub/pubsub-config.ts";
import type { Trouble } from "../../../cloud-ingest/troubles.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { fakePlace, messageOf } from "./pubsub-rig.ts";

const DIST = new URL("../../../dist/", import.meta.url);
/** From the signal to the end of the process: some seconds of a client's own timers are left then. */
const STOP_MS = 8_000;
const WAIT = { timeout: 20_000, interval: 20 };

/** A process that reads from a bus, and takes one message through its inbox; it says its troubles, and ends by itself. */
const SCRIPT = `
  const [dataDir, options] = process.argv.slice(1);
  const load = (path) => import(new URL(path, ${JSON.stringify(DIST.href)}));
  const { openPubSubBus } = await load("cloud-ingest/pubsub/open-pubsub-bus.js");
  const { systemClock: clock } = await load("firmware-config/kit/clock.js");
  const { silentLog } = await load("firmware-config/kit/log.js");
  const { Troubles } = await load("cloud-ingest/troubles.js");
  const say = (words) => console.log(JSON.stringify(words));
  const troubles = new Troubles({ clock, log: { ...silentLog, error: () => setImmediate(() => say(troubles.list())) } });
  const ends = { reads: true, writes: true };
  const bus = await openPubSubBus(JSON.parse(options), { dataDir, ends, troubles });
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  const running = bus.run(stop.signal);
  if (bus.writer.stats) await bus.writer.publish({ receivedAtMs: 1, topic: "kazoe/v1/acme/shibuya/cam-1/counts", payload: Buffer.from("x") });
  say("started");
  for await (const _ of bus.reader.batches(undefined, { maxMessages: 10, maxBytes: 1e6 }, stop.signal)) say("batch");
  await running;
  await bus.close();
`;

async function childWith(options: PubSubConfig, env: NodeJS.ProcessEnv = {}) {
  const settings = [await tempDir(), JSON.stringify(options)];
  const child = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT, ...settings], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, METADATA_SERVER_DETECTION: "none", ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const lines: unknown[] = [];
  let rest = "";
  child.stdout.on("data", (data) => {
    const [last = "", ...all] = `${rest}${data}`.split("\n").reverse();
    rest = last;
    lines.push(...all.reverse().map((line) => JSON.parse(line)));
  });
  await vi.waitFor(() => expect(lines).toContain("started"), WAIT);
  const stop = async () => {
    const startMs = performance.now();
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 3 * STOP_MS).unref();
    expect(await exited).toEqual([0, null]);
    return performance.now() - startMs;
  };
  /** What it has said of its troubles so far. */
  const troubles = () => lines.flatMap((line): readonly Trouble[] => (Array.isArray(line) ? line : []));
  return { stop, lines, troubles };
}

const OPTIONS: PubSubConfig = {
  ...{ type: "pubsub", project: "my-shops", topic: "kazoe", subscription: "kazoe-ingest" },
  ...{ through: "inbox", maxMb: 10 },
};

it("says that nothing goes either way, and ends soon, where something listens that never answers", async () => {
  const mute = createServer().listen(0, "127.0.0.1");
  await once(mute, "listening");
  onTestFinished(() => void mute.close());
  const address = mute.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const { stop, troubles } = await childWith({ ...OPTIONS, emulator: `127.0.0.1:${port}` });
  const codes = () => troubles().map(({ code }) => code);
  await vi.waitFor(() => expect(codes()).toEqual(expect.arrayContaining(["bus-unreadable", "forward-down"])), WAIT);
  expect(await stop()).toBeLessThan(STOP_MS);
});

it("names the variable when credentials are missing, and ends soon", async () => {
  const { stop, troubles } = await childWith(OPTIONS, {
    GOOGLE_APPLICATION_CREDENTIALS: join(await tempDir(), "none"),
  });
  const told = () => troubles().filter(({ text }) => text.includes("GOOGLE_APPLICATION_CREDENTIALS"));
  await vi.waitFor(() => expect(told().map(({ code }) => code)).toContain("bus-unreadable"), WAIT);
  await vi.waitFor(() => expect(told().map(({ code }) => code)).toContain("forward-down"), WAIT);
  expect(await stop()).toBeLessThan(STOP_MS);
});

it("has handed back what it fetched when it is gone", async () => {
  const { fake, place } = await fakePlace();
  const { writer } = (await place.open()).ends;
  await Promise.all(Array.from({ length: 100 }, (_, i) => writer.publish(messageOf(`cam-${i % 10}`, String(i)))));
  const { stop, lines } = await childWith(place.options());
  await vi.waitFor(() => expect(lines).toContain("batch"), WAIT);
  await vi.waitFor(() => expect(fake.leases(place.subscription).length).toBeGreaterThan(10), WAIT);
  expect(await stop()).toBeLessThan(STOP_MS);
  expect(fake.leases(place.subscription)).toEqual([]);
  expect(fake.unacked(place.subscription)).toHaveLength(100);
});
