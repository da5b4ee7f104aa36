import { expect, onTestFinished, test, vi } from "vitest";
import type { FleetRecord, OpenAlert } from "../../../cloud-ingest/report/operations/operations-view.ts";
import { createApp } from "../../../cloud-ingest/server/create-app.ts";
import type { OperationsBook } from "../../../cloud-ingest/server/operations-page-routes.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { basic, reader, serverParts } from "./server-fixture.ts";

const text = (en: string) => ({ en, ja: `ja ${en}` });
const ALERT: OpenAlert = {
  ...{
    id: "alert-1",
    tenant: "acme",
    store: "ginza",
    device: "cam-1",
    severity: "warning",
    since: "2026-11-23T10:00:00.000Z",
  },
  reasons: [
    {
      title: text("<b>Camera frozen"),
      consequence: text("Counts of today are wrong."),
      runbook: text("Restart it."),
      found: "door: cameraView frozen",
    },
  ],
};
const DEVICE: FleetRecord = {
  ...{
    tenant: "acme",
    store: "ginza",
    device: "cam-1",
    online: true,
    stopped: false,
    lastSeenAt: "2026-11-23T11:29:00.000Z",
  },
  ...{ agentVersion: "0.1.0", modelName: "ssd" },
};

function served({ alerts = [ALERT], fleet = [DEVICE] as readonly FleetRecord[] } = {}) {
  const said: unknown[] = [];
  const operations: OperationsBook = {
    alerts: async () => alerts,
    fleet: async () => fleet,
    say: async (...asked) => {
      if (asked[1] === "none") throw new AppError("There is no alert none", { code: "USAGE", hint: "List them." });
      if (asked[1] === "hangs") await new Promise(() => {});
      said.push(asked);
    },
  };
  const readers = [reader("ops", "o"), { ...reader("night", "n"), acts: true }, reader("acme", "a", "acme")];
  const app = createApp({ ...serverParts(readers), operations });
  const get = (name: string, url = "/operations") =>
    app.inject({ url, headers: { host: "localhost", ...basic(name, name.charAt(0)) } });
  const post = (name: string, payload: string, headers: Record<string, string> = { "sec-fetch-site": "same-origin" }) =>
    app.inject({
      ...{ url: "/operations", method: "POST", payload },
      headers: {
        host: "localhost",
        "content-type": "application/x-www-form-urlencoded",
        ...basic(name, name.charAt(0)),
        ...headers,
      },
    });
  return { get, post, said, app };
}

test("operations see what is wrong, what it costs, what to do, and the fleet, ill ones first", async () => {
  const fleet = [
    { ...DEVICE, device: "cam-0" },
    { ...DEVICE, device: "cam-2", online: false },
    { ...DEVICE, device: "cam-3", lastSeenAt: "2026-11-23T11:00:00.000Z" },
    { ...DEVICE, device: "cam-4", online: false, stopped: true },
    DEVICE,
  ];
  const { body, statusCode } = await served({ fleet }).get("ops");
  expect(statusCode).toBe(200);
  expect(body).toContain("&lt;b&gt;Camera frozen");
  expect(body).toContain("Counts of today are wrong.");
  expect(body).toContain("Restart it.");
  expect(body).toContain("<code>door: cameraView frozen</code>");
  const rows = [...body.matchAll(/<\/a> (cam-\d)<\/th><td class="state (\w+)"/g)].map(([, device, state]) => [
    device,
    state,
  ]);
  expect(rows).toEqual([
    ["cam-1", "online"],
    ["cam-2", "offline"],
    ["cam-3", "silent"],
    ["cam-0", "online"],
    ["cam-4", "finished"],
  ]);
  expect(body).not.toContain("<form");
});

test("a tenant's reader finds no such page, nor a link to it; nobody sees it without a login", async () => {
  const { get, app } = served();
  expect((await get("acme")).statusCode).toBe(404);
  expect((await get("acme", "/")).body).not.toContain("/operations");
  expect((await get("ops", "/")).body).toContain('href="/operations"');
  expect((await app.inject({ url: "/operations", headers: { host: "localhost" } })).statusCode).toBe(401);
});

test("who may act says one word by one tap", async () => {
  const { get, post, said } = served();
  expect((await get("night")).body).toContain('<form method="post" action="/operations"');
  for (const word of ["ack", "silence", "closed"]) {
    const answer = await post("night", `alert=alert-1&word=${word}`);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, "/operations"]);
  }
  expect(said).toEqual(["ack", "silence", "closed"].map((word) => [word, "alert-1", "night"]));
});

test.each<{ name: string; who?: string; payload?: string; headers?: Record<string, string>; code: number }>([
  { name: "a reader who may only look", who: "ops", code: 403 },
  { name: "a tenant's reader", who: "acme", code: 404 },
  { name: "a foreign page's form", headers: { "sec-fetch-site": "cross-site" }, code: 403 },
  { name: "a sibling host's form", headers: { "sec-fetch-site": "same-site" }, code: 403 },
  { name: "an old browser's foreign form", headers: { origin: "https://evil.example" }, code: 403 },
  { name: "an old browser's own form", headers: { origin: "http://localhost" }, code: 303 },
  { name: "no word of whose form it is", headers: {}, code: 403 },
  { name: "another word", payload: "alert=alert-1&word=delete", code: 400 },
  { name: "no alert", payload: "word=ack", code: 400 },
  { name: "an id with a line break", payload: "alert=a%0d%0ab&word=ack", code: 400 },
  { name: "an alert that there is not", payload: "alert=none&word=ack", code: 400 },
  { name: "a form without an end", payload: `alert=${"x".repeat(5000)}&word=ack`, code: 413 },
  {
    name: "JSON",
    headers: { "sec-fetch-site": "same-origin", "content-type": "application/json" },
    payload: "{}",
    code: 415,
  },
])(
  "$name is answered $code and says nothing more than that",
  async ({ who = "night", payload = "alert=alert-1&word=ack", headers, code }) => {
    const { post, said } = served();
    const answer = await post(who, payload, headers);
    expect([answer.statusCode, answer.body]).toEqual([code, expect.any(String)]);
    expect(said).toHaveLength(code === 303 ? 1 : 0);
  },
);

test("a warehouse that hangs holds a form for ten seconds, and what became of it is not promised", async () => {
  const { post } = served();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const asked = post("night", "alert=hangs&word=ack");
  let isAnswered = false;
  asked.then(() => {
    isAnswered = true;
  });
  await vi.waitUntil(() => vi.getTimerCount() > 0);
  await vi.advanceTimersByTimeAsync(9_900);
  await new Promise(setImmediate);
  expect(isAnswered).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  const answer = await asked;
  expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "60"]);
  expect(answer.body).toContain("look again whether it was taken");
});

test("no other address takes a form", async () => {
  const { app } = served();
  for (const url of ["/", "/operations?x=1", "/metrics", "/stores/acme/ginza"])
    expect(
      (await app.inject({ url, method: "POST", headers: { host: "localhost", ...basic("night", "n") } })).statusCode,
    ).toBe(405);
});

test("5,000 devices are a page of some MB, made in a moment", async () => {
  const fleet = Array.from({ length: 5000 }, (_, i) => ({ ...DEVICE, device: `cam-${i}`, online: i % 50 > 0 }));
  const { body } = await served({ fleet }).get("ops");
  expect(body.match(/<tr>/g)?.length).toBeGreaterThan(5000);
  expect(body.length).toBeLessThan(3_000_000);
});

test("while the warehouse does not tell the fleet, other readers get their pages", async () => {
  const never = new Promise<never>(() => {});
  const operations: OperationsBook = { alerts: async () => [], fleet: () => never, say: async () => {} };
  const app = createApp({ ...serverParts([reader("ops", "o"), reader("acme", "a", "acme")]), operations });
  const get = (name: string, url: string) =>
    app.inject({ url, headers: { host: "localhost", ...basic(name, name.charAt(0)) } });
  for (let i = 0; i < 2; i++) void get("ops", "/operations");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await get("acme", "/")).statusCode).toBe(200);
}, 9_000);
