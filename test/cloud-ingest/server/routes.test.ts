import { describe, expect, test } from "vitest";
import { basic, client, goodVitals, reader, serverParts } from "./server-fixture.ts";

const GINZA = "/stores/acme/ginza";
const get = client(serverParts());

describe("pages", () => {
  test("a store's page, with the period form and a CSV link of the same period", async () => {
    const page = await get(`${GINZA}?from=2026-11-01&to=2026-11-23`);
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.body).toContain(`href="${GINZA}/traffic.csv?from=2026-11-01&amp;to=2026-11-23&amp;span=hour"`);
    expect(page.body).toContain('name="from" required value="2026-11-01"');
  });

  test.each(["/stores/acme/nowhere", "/stores/zeta/ginza", "/nothing", "/stores/acme", "/stores/..%2f/x"])(
    "%s: 404",
    async (path) => expect((await get(path)).statusCode).toBe(404),
  );

  test("what is not there or not understood comes with a way back", async () => {
    for (const path of ["/stores/acme/nowhere", `${GINZA}?from=x&to=y`]) {
      const answer = await get(path);
      expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(answer.body).toContain('<a href="/">');
    }
  });

  test("a slash at the end leads to the page", async () => {
    const answer = await get(`${GINZA}/?from=2026-11-01&to=2026-11-23`);
    expect([answer.statusCode, answer.headers.location]).toEqual([308, `${GINZA}?from=2026-11-01&to=2026-11-23`]);
  });

  test.each([
    { query: "from=2026-11-01", reason: "both from and to" },
    { query: "from=2026-11-31&to=2026-12-01", reason: "YYYY-MM-DD" },
    { query: "from=x&to=y", reason: "YYYY-MM-DD" },
    { query: "from=2026-11-02&to=2026-11-01", reason: "must not be after" },
    { query: "from=2016-01-01&to=2026-11-23", reason: "3700 days" },
    { query: "from=2026-11-01&from=2026-11-02&to=2026-11-03", reason: "once each" },
  ])("$query: 400, $reason", async ({ query, reason }) => {
    for (const path of [GINZA, `${GINZA}/traffic.csv`]) {
      const answer = await get(`${path}?${query}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.body).toContain(reason);
    }
  });

  test("3,700 days are allowed", async () => {
    expect((await get(`${GINZA}?from=2016-10-08&to=2026-11-23`)).statusCode).toBe(200);
  });
});

describe("CSV", () => {
  test.each([
    { span: "hour", date: "2026-11-22", lines: 31 },
    { span: "day", date: "2026-11-22", lines: 4 },
    { span: "window", date: "2026-11-23", lines: 17 },
  ])("by $span", async ({ span, date, lines }) => {
    const csv = await get(`${GINZA}/traffic.csv?from=${date}&to=${date}&span=${span}`);
    expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8");
    expect(csv.headers["content-disposition"]).toContain(`acme-ginza-${date}-${date}-${span}.csv`);
    expect(csv.rawPayload.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(csv.body.trim().split("\r\n")).toHaveLength(lines);
  });

  test("by anything else: 400", async () => {
    expect((await get(`${GINZA}/traffic.csv?span=year`)).statusCode).toBe(400);
  });
});

describe("protection", () => {
  test("headers on every answer", async () => {
    for (const path of ["/", GINZA, "/healthz", "/metrics", "/nothing", `${GINZA}?from=x&to=y`]) {
      const { headers } = await get(path);
      expect(headers["content-security-policy"], path).toContain("frame-ancestors 'none'");
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["content-security-policy"]).not.toContain("unsafe");
      expect(headers).toMatchObject({
        ...{ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store" },
      });
    }
  });

  test("the header's policy is the page's own", async () => {
    const page = await get(GINZA);
    const own = /Content-Security-Policy" content="([^"]+)"/.exec(page.body)?.[1]?.replaceAll("&#39;", "'");
    expect(page.headers["content-security-policy"]).toBe(`${own}; frame-ancestors 'none'`);
  });

  test("GET and HEAD alone", async () => {
    const post = await get(GINZA, {}, "POST");
    expect(post.statusCode).toBe(405);
    expect(post.headers.allow).toBe("GET, HEAD");
    const head = await get(GINZA, {}, "HEAD");
    expect(head.statusCode).toBe(200);
    expect(head.body).toBe("");
  });

  test("a failure inside tells the log, not the visitor", async () => {
    const parts = serverParts();
    parts.warehouse.devices = async () => {
      throw new Error("/secret/path is gone");
    };
    const answer = await client(parts)(GINZA);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("secret");
    expect(parts.log.lines).toEqual(["error request failed"]);
  });
});

describe("health", () => {
  const runAt = (finishedAt: string, outcome: "ok" | "failed" = "ok") => ({
    ...{ job: "roll-up", startedAt: finishedAt, finishedAt, outcome, details: "{}" },
  });

  test.each([
    { name: "all well", vitals: {}, after: 0, faults: [] },
    { name: "messages wait, ingest works", vitals: { inboxDepth: 5 }, after: 30, faults: [] },
    { name: "messages wait, ingest stands", vitals: { inboxDepth: 5 }, after: 180, faults: ["ingest-stuck"] },
    { name: "nothing for 20 minutes", vitals: {}, after: 1200, faults: ["silent"] },
    { name: "never anything, just started", vitals: { lastStoredAt: undefined }, after: 600, faults: [] },
    { name: "never anything", vitals: { lastStoredAt: undefined }, after: 1200, faults: ["silent"] },
    { name: "no job for two days", vitals: {}, after: 172_800, faults: ["silent", "jobs-silent"] },
  ])("$name: $faults", async ({ vitals, after, faults }) => {
    const parts = { ...serverParts(), vitals: () => ({ ...goodVitals, ...vitals }) };
    const ask = client(parts);
    parts.clock.advance(after);
    const answer = await ask("/healthz");
    expect(answer.json().faults).toEqual(faults);
    expect(answer.statusCode).toBe(faults.length === 0 ? 200 : 503);
  });

  test("the last run of a job decides", async () => {
    const parts = serverParts();
    parts.warehouse.recorded.push(runAt("2026-11-23T11:20:00Z", "failed"));
    const ask = client(parts);
    expect((await ask("/healthz")).json().faults).toEqual(["job-failed"]);
    parts.warehouse.recorded.push(runAt("2026-11-23T11:25:00Z"));
    expect((await ask("/healthz")).statusCode).toBe(200);
  });

  test("a warehouse that does not answer is a fault", async () => {
    const parts = serverParts();
    parts.warehouse.runs = async () => {
      throw new Error("closed");
    };
    const answer = await client(parts)("/healthz");
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: "fault" }]);
  });

  test("details for operators only", async () => {
    const ask = client(serverParts([reader("boss", "t-all"), reader("shop", "t-acme", "acme")]));
    expect((await ask("/healthz")).json()).toEqual({ status: "ok" });
    expect((await ask("/healthz", basic("shop", "t-acme"))).json()).toEqual({ status: "ok" });
    expect((await ask("/healthz", basic("boss", "t-all"))).json()).toMatchObject({
      ingestAgeS: 0,
      vitals: { acked: 12 },
    });
  });
});

describe("metrics", () => {
  test("the ledger, the inbox, the jobs, the stores; never a device", async () => {
    const parts = serverParts();
    const ask = client(parts);
    parts.warehouse.recorded.push({
      ...{ job: "roll-up", outcome: "ok", details: "" },
      startedAt: "2026-11-23T11:31:00.000Z",
      finishedAt: "2026-11-23T11:31:01.000Z",
    } as const);
    await ask("/metrics");
    const { body, headers } = await ask("/metrics");
    expect(headers["content-type"]).toContain("text/plain");
    for (const line of [
      ...["kazoe_acked_total 12", "kazoe_stored_total 9", "kazoe_duplicate_total 1", "kazoe_quarantined_total 2"],
      ...[
        "kazoe_inbox_depth 0",
        "kazoe_inbox_bytes 0",
        "kazoe_connections 1",
        "kazoe_broker_held_bytes 0",
        "kazoe_ingest_lag_seconds 0",
      ],
      'kazoe_job_runs_total{job="roll-up",outcome="ok"} 1',
      'kazoe_store_silence_seconds{tenant="acme",store="ginza"} 20',
    ])
      expect(body).toContain(`${line}\n`);
    expect(body).not.toContain("cam-01");
  });

  test("lag is the age of the last stored batch while messages wait", async () => {
    const parts = { ...serverParts(), vitals: () => ({ ...goodVitals, inboxDepth: 3 }) };
    expect((await client(parts)("/metrics")).body).toContain("kazoe_ingest_lag_seconds 60\n");
  });
});
