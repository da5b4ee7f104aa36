import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import type { AlertsConfig } from "../../../cloud-ingest/alerts/alerts-config.ts";
import { openAlertEngine } from "../../../cloud-ingest/alerts/open-engine.ts";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { QUIET_ALERTS } from "../../support/alerts-config.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";

const STORES = [{ tenant: "acme", store: "ginza", name: "Ginza", timeZone: "Asia/Tokyo" }];

async function load(alerts: object) {
  const dir = await tempDir();
  const file = join(dir, "cloud.yaml");
  await writeFile(file, stringify({ stores: STORES, alerts }));
  return { dir, config: await loadCloudConfig(file) };
}

const hook = { type: "webhook", name: "ops", url: "https://hooks.example.com/x", secretFile: "hook.secret" };
const mail = { type: "mail", name: "mail", host: "mail.example.com", from: "k@shop.example", to: ["ops@shop.example"] };

describe("alerts in the configuration", () => {
  test("have defaults that say nothing to anybody, and paths from the file's own folder", async () => {
    expect((await load({})).config.alerts).toEqual(QUIET_ALERTS);
    const { dir, config } = await load({
      rules: "rules",
      sinks: [
        hook,
        { type: "slack", name: "slack", urlFile: "slack.url" },
        { ...mail, user: "k", passwordFile: "/etc/mail.secret" },
      ],
      heartbeat: { urlFile: "beat.url" },
    });
    const { rules, sinks, heartbeat } = config.alerts;
    expect([rules, heartbeat?.urlFile]).toEqual([join(dir, "rules"), join(dir, "beat.url")]);
    expect(sinks).toMatchObject([
      {
        secretFile: join(dir, "hook.secret"),
        minSeverity: "warning",
        language: "en",
        allowPrivate: false,
        perMinute: 30,
      },
      { urlFile: join(dir, "slack.url") },
      { passwordFile: "/etc/mail.secret", port: 587, tls: "starttls" },
    ]);
  });

  test.each([
    {
      name: "HTTP to others",
      alerts: { sinks: [{ ...hook, url: "http://hooks.example.com/x" }] },
      says: /without TLS only/,
    },
    {
      name: "a login in an address",
      alerts: { sinks: [{ ...hook, url: "https://a:b@hooks.example.com" }] },
      says: /no user and no password/,
    },
    { name: "two of one name", alerts: { sinks: [hook, hook] }, says: /sinks\[1\]/ },
    {
      name: "an unknown type",
      alerts: { sinks: [{ ...hook, type: "pager" }] },
      says: /"alertmanager", "webhook", "pagerduty"/,
    },
    {
      name: "a key of another type",
      alerts: { sinks: [{ ...hook, routingKeyFile: "x" }] },
      says: /unknown key "routingKeyFile"/,
    },
    {
      name: "mail without TLS to others",
      alerts: { sinks: [{ ...mail, tls: "none" }] },
      says: /none only in a network of your own/,
    },
    { name: "half a login", alerts: { sinks: [{ ...mail, user: "k" }] }, says: /go together/ },
    {
      name: "a topic that is a filter",
      alerts: { sinks: [{ type: "mqtt", name: "m", url: "mqtts://b", topic: "a/#" }] },
      says: /topic/,
    },
    {
      name: "maintenance without an end",
      alerts: { maintenance: [{ from: "2026-12-01T02:00", note: "x" }] },
      says: /from and to, or daily/,
    },
    {
      name: "maintenance backwards",
      alerts: { maintenance: [{ from: "2026-12-02T02:00", to: "2026-12-01T02:00", note: "x" }] },
      says: /after from/,
    },
    { name: "hours that are none", alerts: { maintenance: [{ daily: "night", note: "x" }] }, says: /02:00-04:00/ },
    {
      name: "a store of nobody",
      alerts: { maintenance: [{ store: "ginza", daily: "02:00-04:00", note: "x" }] },
      says: /with its tenant/,
    },
  ])("with $name are refused, with the place", async ({ alerts, says }) => {
    const error: unknown = await load(alerts).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    expect(String(error)).toMatch(says);
    expect(String(error)).toMatch(/cloud\.yaml:\d+:\d+/);
    expect(String(error)).not.toContain("a:b@");
  });

  test("every sink opens with its secrets from files, and none of them is ever in the log", async () => {
    const dir = await tempDir();
    await mkdir(join(dir, "secrets"), { recursive: true });
    const secret = async (name: string, text: string) => {
      const file = join(dir, "secrets", name);
      await writeFile(file, `${text}\n`, { mode: 0o600 });
      return file;
    };
    const common = { minSeverity: "info", language: "en", perMinute: 30, allowPrivate: false } as const;
    const alerts: AlertsConfig = {
      ...QUIET_ALERTS,
      ...{ tickS: 5, groupWaitS: 0 },
      heartbeat: { urlFile: await secret("beat", "https://beat.invalid/s3cret"), everyS: 10, allowPrivate: false },
      sinks: [
        {
          ...common,
          type: "alertmanager",
          name: "am",
          url: "https://am.invalid",
          tokenFile: await secret("am", "s3cret-am"),
          resendS: 60,
        },
        {
          ...common,
          type: "webhook",
          name: "hook",
          url: "https://hook.invalid/s3cret",
          secretFile: await secret("hook", "s3cret-hook"),
        },
        {
          ...common,
          type: "pagerduty",
          name: "pd",
          url: "https://pd.invalid",
          routingKeyFile: await secret("pd", "s3cret-pd"),
        },
        { ...common, type: "slack", name: "slack", urlFile: await secret("slack", "https://slack.invalid/s3cret") },
        {
          ...common,
          type: "mail",
          name: "mail",
          host: "mail.invalid",
          port: 587,
          tls: "starttls",
          user: "k",
          passwordFile: await secret("mail", "s3cret-mail"),
          from: "k@shop.example",
          to: ["o@shop.example"],
        },
        {
          ...common,
          type: "mqtt",
          name: "mqtt",
          url: "mqtts://mqtt.invalid",
          topic: "kazoe/alerts",
          user: "k",
          passwordFile: await secret("mqtt", "s3cret-mqtt"),
        },
      ],
    };
    const log = new LogRecorder();
    const warehouse = new FakeWarehouse();
    const registry = async () => ({
      day: (_p: object, date: string) => ({ date, events: [], shocks: [], moves: [], decisions: [] }),
    });
    const parts = { warehouse, registry, log, clock: systemClock };
    const engine = await openAlertEngine({ alerts, stores: STORES, devices: [] }, parts);
    const stop = new AbortController();
    const running = engine.run(stop.signal);
    await vi.waitFor(() => expect(log.lines).toContain("warn the heartbeat was not taken"), { timeout: 8_000 });
    stop.abort();
    await running;
    expect(JSON.stringify(log)).not.toContain("s3cret");
    // Each sink is on record from its first moment on.
    expect(warehouse.alertRows.get("alert_delivery")?.map(({ sink, outcome }) => `${sink} ${outcome}`)).toEqual(
      alerts.sinks.map(({ name }) => `${name} begin`),
    );
  });

  test("a secret that is not there, or that others can read, keeps the program from starting", async () => {
    const dir = await tempDir();
    const { config } = await load({ sinks: [{ ...hook, secretFile: join(dir, "none") }] });
    const log = new LogRecorder();
    const parts = { warehouse: new FakeWarehouse(), registry: async () => expect.fail(), log, clock: systemClock };
    await expect(openAlertEngine(config, parts)).rejects.toMatchObject({
      message: expect.stringMatching(/alerts\.sinks\[0\]\.secretFile/),
    });
  });
});
