import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadCloudConfig } from "../../cloud-ingest/load-cloud.ts";
import { tempDir } from "../support/temp-dir.ts";

const HASH = "0".repeat(64);
const GOOD = "stores:\n  - { tenant: t, store: s, name: Shop, timeZone: Asia/Tokyo }\n";
const device = `  - { tenant: t, store: s, device: d, tokenSha256: "${HASH}" }\n`;
const reader = `{ name: anna, tokenSha256: "${HASH}" }`;

/** A bus on Pub/Sub with these keys instead of good ones. */
function pubsub(over: Record<string, string> = {}): string {
  const bus = { type: "pubsub", project: "my-shops", topic: "kazoe", subscription: "kazoe-ingest", ...over };
  return `${GOOD}bus: ${JSON.stringify(bus)}\n`;
}

async function load(text: string) {
  const file = join(await tempDir(), "c.yaml");
  await writeFile(file, text);
  return loadCloudConfig(file);
}

describe("refused, with the place", () => {
  test.each([
    {
      name: "no cron",
      in: `${GOOD}jobs: { rollUp: every day }\n`,
      error: /:3:17 jobs\.rollUp: not a cron expression .*"\*\/5 /,
    },
    { name: "minute 61", in: `${GOOD}jobs: { archive: "61 * * * *" }\n`, error: /:3:18 jobs\.archive: not a cron/ },
    { name: "an empty cron", in: `${GOOD}jobs: { archive: "" }\n`, error: /jobs\.archive: not a cron/ },
    { name: "no time zone", in: GOOD.replace("Tokyo", "Tokio"), error: /:2:\d+ stores\[0\]\.timeZone: not an IANA/ },
    {
      name: "a time zone in other letters",
      in: GOOD.replace("Asia/Tokyo", "asia/tokyo"),
      error: /timeZone: not an IANA time zone; the nearest is Asia\/Tokyo/,
    },
    {
      name: "a store twice",
      in: GOOD + GOOD.replace("stores:\n", ""),
      error: /:3:5 stores\[1\]: "t\/s" is there twice/,
    },
    {
      name: "a device twice",
      in: `${GOOD}devices:\n${device}${device}`,
      error: /:5:5 devices\[1\]: "t\/s\/d" is there twice/,
    },
    {
      name: "a reader twice",
      in: `${GOOD}http: { readers: [${reader}, ${reader}] }\n`,
      error: /:3:\d+ http\.readers\[1\]: "anna" is there twice/,
    },
    {
      name: "half of TLS",
      in: `${GOOD}broker: { keyFile: k }\n`,
      error: /:3:9 broker: certFile and keyFile go together/,
    },
    { name: "clear text", in: `${GOOD}broker: { host: 0.0.0.0 }\n`, error: /:3:17 broker\.host: .*allowPlaintext/ },
    {
      name: "a proxy that is no address",
      in: `${GOOD}http: { trustProxy: [10.0.0.0/8, proxy.example] }\n`,
      error: /:3:\d+ http\.trustProxy\[1\]: neither an IP address/,
    },
    { name: "a range too wide", in: `${GOOD}http: { trustProxy: [10.0.0.0/33] }\n`, error: /http\.trustProxy\[0\]/ },
    {
      name: "a webhook in clear text",
      in: `${GOOD}alerts: { webhook: { url: "http://hooks.example/x", secretFile: s } }\n`,
      error: /:3:\d+ alerts\.webhook\.url: must be https/,
    },
    {
      name: "a webhook with a password",
      in: `${GOOD}alerts: { webhook: { url: "https://u:p@hooks.example/x", secretFile: s } }\n`,
      error: /alerts\.webhook\.url: no user and no password/,
    },
    {
      name: "a webhook that is no address",
      in: `${GOOD}alerts: { webhook: { url: "https://[::1", secretFile: s } }\n`,
      error: /alerts\.webhook\.url: not an address/,
    },
    { name: "every proxy", in: `${GOOD}http: { trustProxy: true }\n`, error: /http\.trustProxy/ },
    { name: "? in the data folder", in: `dataDir: "da?ta"\n${GOOD}`, error: /:1:10 dataDir: holds "\?", behind which/ },
    { name: "* in the data folder", in: `dataDir: "d*"\n${GOOD}`, error: /:1:10 dataDir: holds "\*", .*pattern/ },
    { name: "[ in the data folder", in: `dataDir: "d[a]"\n${GOOD}`, error: /:1:10 dataDir: holds "\[", .*pattern/ },
    { name: "NUL in the data folder", in: `dataDir: "d\\0"\n${GOOD}`, error: /:1:10 dataDir: holds a NUL/ },
    { name: "no UTF-8 there", in: `dataDir: "d\\ufffd"\n${GOOD}`, error: /:1:10 dataDir: holds what is not UTF-8/ },
    { name: "a long data folder", in: `dataDir: ${"x".repeat(300)}\n${GOOD}`, error: /:1:10 dataDir: is too long/ },
    {
      name: "a bus that nobody knows",
      in: `${GOOD}bus: { type: kafka }\n`,
      error: /:3:6 bus: "type" must be one of "inbox"/,
    },
    { name: "a bus without a type", in: `${GOOD}bus: { maxMb: 5 }\n`, error: /:3:6 bus: the key "type" is missing/ },
    { name: "a key of no driver", in: `${GOOD}bus: { type: inbox, keepMB: 5 }\n`, error: /did you mean "keepMb"/ },
    {
      name: "events to where the devices' messages go",
      in: pubsub({ topic: "traffic", eventsTopic: "traffic" }),
      error: /bus\.eventsTopic: must be another topic/,
    },
    {
      name: "dead letters from where all come from",
      in: pubsub({ deadLetterSubscription: "kazoe-ingest" }),
      error: /bus\.deadLetterSubscription: must be another subscription/,
    },
    { name: "a topic that Google keeps for itself", in: pubsub({ topic: "google-things" }), error: /bus\.topic: must/ },
    { name: "a path for a topic", in: pubsub({ topic: "projects/p/topics/t" }), error: /bus\.topic: must/ },
    { name: "a domain without a project", in: pubsub({ project: "example.com:" }), error: /bus\.project: must/ },
    { name: "an emulator without a port", in: pubsub({ emulator: "localhost" }), error: /bus\.emulator: must/ },
    { name: "a URL for an emulator", in: pubsub({ emulator: "http://localhost:8085" }), error: /bus\.emulator: must/ },
    { name: "a bare word", in: `${GOOD}warehouse: duckdb\n`, error: /:3:12 warehouse: must be object/ },
    { name: "open to all", in: `${GOOD}http: { host: "::" }\n`, error: /:3:15 http\.host: .*readers/ },
  ])("$name", async ({ in: text, error }) => {
    await expect(load(text)).rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(error) });
  });
});

test("a driver has its own defaults, said or not", async () => {
  expect(await load(`${GOOD}warehouse: { type: duckdb }\n`)).toMatchObject({
    bus: { type: "inbox", maxMb: 1024, keepMb: 512 },
    warehouse: { type: "duckdb", memoryMb: 256 },
  });
});

describe("taken", () => {
  test.each([
    { name: "the least", in: GOOD },
    ...["Asia/Calcutta", "US/Pacific", "UTC", "Etc/GMT+9", "Europe/Kyiv"].map((name) => ({
      ...{ name, in: GOOD.replace("Asia/Tokyo", name) },
    })),
    { name: "seconds in cron", in: `${GOOD}jobs: { rollUp: "*/30 * * * * *" }\n` },
    { name: "TLS to the network", in: `${GOOD}broker: { host: 0.0.0.0, certFile: c, keyFile: k }\n` },
    { name: "proxies", in: `${GOOD}http: { trustProxy: [127.0.0.1, 10.0.0.0/8, "fd00::/8", "::1"] }\n` },
    { name: "Pub/Sub", in: pubsub({ deadLetterSubscription: "kazoe-dead-letters" }) },
    { name: "a project of a domain", in: pubsub({ project: "example.com:shop" }) },
    ...["localhost:8085", "127.0.0.1:8085", "[::1]:8085", "pubsub_1:8085"].map((emulator) => ({
      ...{ name: `an emulator at ${emulator}`, in: pubsub({ emulator }) },
    })),
    { name: "readers on the network", in: `${GOOD}http: { host: 0.0.0.0, readers: [${reader}] }\n` },
  ])("$name", async ({ in: text }) => {
    expect(await load(text)).toMatchObject({ stores: [{ tenant: "t" }] });
  });
});
