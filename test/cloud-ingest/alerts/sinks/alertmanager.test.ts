import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { AlertmanagerSink } from "../../../../cloud-ingest/alerts/sinks/alertmanager.ts";
import { receiver } from "./receiver.ts";
import { notification, shown } from "./shown.ts";

const LIVING = new AbortController().signal;
const BINARY = ["/usr/bin/prometheus-alertmanager", "prometheus-alertmanager", "alertmanager"].find((name) => {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});
if (!BINARY) console.warn("skipped: no Alertmanager here; apt-get install prometheus-alertmanager");

const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });

test("an alert is posted with an end a little ahead, and one that has ended with its end", async () => {
  const { url, heard } = await receiver();
  const nowMs = () => Date.parse("2026-03-02T02:30:00.000Z");
  const parts = {
    url: `${url}/`,
    allowPrivate: true,
    language: "en" as const,
    resendMs: 60_000,
    nowMs,
    token: "t0ken",
  };
  const sink = new AlertmanagerSink(parts);
  await sink.deliver([notification(1, "firing"), notification(2, "resolved", shown({ alertId: "b" }))], LIVING);
  await sink.lease.renew(
    Array.from({ length: 250 }, () => shown()),
    LIVING,
  );
  expect(heard.map(({ path }) => path)).toEqual(Array(4).fill("/api/v2/alerts"));
  expect(heard[0]?.headers.authorization).toBe("Bearer t0ken");
  const posted = JSON.parse(heard[0]?.body ?? "");
  expect(posted.map(({ endsAt }: { endsAt: string }) => endsAt)).toEqual([
    "2026-03-02T02:34:00.000Z",
    "2026-03-02T02:00:00.000Z",
  ]);
  expect(heard.slice(1).map(({ body }) => JSON.parse(body).length)).toEqual([100, 100, 50]);
});

describe.skipIf(!BINARY)("a real Alertmanager", () => {
  let dir = "";
  let port = 0;
  let running: ChildProcess | undefined;
  const api = () => `http://127.0.0.1:${port}/api/v2`;
  const hooked: { status: string; alerts: { status: string; labels: Record<string, string> }[] }[] = [];
  let hook: import("node:http").Server;

  const start = async (storage: string) => {
    const args = [
      ...[`--config.file=${dir}/am.yml`, `--storage.path=${dir}/${storage}`, `--web.listen-address=127.0.0.1:${port}`],
      "--cluster.listen-address=",
    ];
    running = spawn(BINARY ?? "", args, { stdio: "ignore" });
    await vi.waitFor(async () => expect((await fetch(`${api()}/status`)).status).toBe(200), {
      timeout: 20_000,
      interval: 100,
    });
  };
  const stop = async () => {
    const ended = new Promise((done) => running?.once("exit", done));
    running?.kill("SIGKILL");
    await ended;
  };

  beforeAll(async () => {
    const { createServer: createHttp } = await import("node:http");
    hook = createHttp(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      hooked.push(JSON.parse(text));
      response.end();
    }).listen(0, "127.0.0.1");
    await new Promise((done) => hook.once("listening", done));
    const address = hook.address();
    const hookPort = typeof address === "object" && address ? address.port : 0;
    dir = await mkdtemp(join(tmpdir(), "kazoe-am-"));
    port = await freePort();
    await writeFile(
      `${dir}/am.yml`,
      `route:
  receiver: hook
  group_by: [tenant, store]
  group_wait: 1s
  group_interval: 1s
receivers:
  - name: hook
    webhook_configs: [{ url: "http://127.0.0.1:${hookPort}/", send_resolved: true }]
`,
    );
    await start("kept");
  });

  afterAll(async () => {
    await stop();
    hook.closeAllConnections();
    hook.close();
    await rm(dir, { recursive: true, force: true });
  });

  const alertsThere = async (query = "") => (await fetch(`${api()}/alerts${query}`)).json();
  const sinkOf = (resendMs = 60_000) =>
    new AlertmanagerSink({
      url: `http://127.0.0.1:${port}`,
      allowPrivate: true,
      language: "ja",
      resendMs,
      nowMs: Date.now,
    });
  const since = () => new Date(Date.now() - 60_000).toISOString();

  test("takes, groups, silences, resolves and forgets as the contract says, with its state kept or lost", async () => {
    const sink = sinkOf();
    const alert = shown({ since: since() });
    await sink.deliver([notification(1, "firing", alert)], LIVING);
    // The same one again, worse and with another reason: one alert.
    const worse = shown({ since: alert.since, severity: "critical" }, ["device-offline", "outbox-losing"]);
    await sink.deliver([notification(2, "update", worse)], LIVING);
    const [there, ...others] = await alertsThere();
    expect(others).toEqual([]);
    expect(there.labels).toEqual({ alertname: "KazoeDevice", tenant: "acme", store: "ginza", device: "door-1" });
    expect(there.annotations).toMatchObject({ severity: "critical", data: "lost" });
    expect(Date.parse(there.startsAt)).toBe(Date.parse(alert.since));
    await vi.waitFor(() => expect(hooked.some(({ status }) => status === "firing")).toBe(true), { timeout: 15_000 });

    const groups = await (await fetch(`${api()}/alerts/groups`)).json();
    expect(groups[0].labels).toEqual({ tenant: "acme", store: "ginza" });

    const matchers = [{ name: "store", value: "ginza", isRegex: false, isEqual: true }];
    const times = { startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 60_000).toISOString() };
    const silence = await fetch(`${api()}/silences`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ matchers, ...times, createdBy: "test", comment: "works" }),
    });
    const { silenceID } = await silence.json();
    await vi.waitFor(async () => expect((await alertsThere())[0].status.state).toBe("suppressed"), { timeout: 10_000 });
    await fetch(`${api()}/silence/${silenceID}`, { method: "DELETE" });

    // Restarted with nothing: the lease brings it back.
    await stop();
    await start("lost");
    expect(await alertsThere()).toEqual([]);
    await sink.lease.renew([alert], LIVING);
    expect(await alertsThere()).toHaveLength(1);

    await sink.deliver([notification(3, "resolved", { ...alert, until: new Date().toISOString() })], LIVING);
    await vi.waitFor(async () => expect(await alertsThere()).toEqual([]), { timeout: 10_000 });
  });

  test("lets an alert go whose lease has lapsed, and tells so", async () => {
    const alert = shown({ since: since(), subject: { tenant: "acme", store: "umeda", device: "door-9" } });
    await sinkOf(1_000).deliver([notification(4, "firing", alert)], LIVING);
    expect(await alertsThere('?filter=store="umeda"')).toHaveLength(1);
    await vi.waitFor(async () => expect(await alertsThere('?filter=store="umeda"')).toEqual([]), { timeout: 15_000 });
    const ofUmeda = (status: string) =>
      hooked.some(({ alerts }) => alerts.some((one) => one.status === status && one.labels.store === "umeda"));
    await vi.waitFor(() => expect(ofUmeda("resolved")).toBe(true), { timeout: 15_000 });
  });
});
