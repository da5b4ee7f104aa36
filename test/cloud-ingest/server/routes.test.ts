import { describe, expect, test } from "vitest";
import { client, serverParts } from "./server-fixture.ts";

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

  test("people inside, by the doors that the registry names: page and CSV", async () => {
    const doors = ["cam-01/front/door", "cam-02/side/side-door"].map((target, i) => {
      return { name: `door ${i}`, targets: [target], isInner: false };
    });
    const premises = async () => ({ doors, hours: () => [{ from: 600, to: 1200 }] });
    const ask = client({ ...serverParts(), premises });
    const page = await ask(`${GINZA}?from=2026-11-20&to=2026-11-22`);
    expect(page.body).toContain("The store");
    expect(page.body).toContain("店内の人数");
    const csv = `${GINZA}/occupancy.csv?from=2026-11-20&to=2026-11-22`;
    expect(page.body).toContain(csv.replace("&", "&amp;"));
    const answer = await ask(csv);
    expect(answer.headers["content-disposition"]).toBe(
      'attachment; filename="acme-ginza-2026-11-20-2026-11-22-occupancy.csv"',
    );
    const rows = answer.body.trimEnd().split("\r\n").slice(1);
    expect(rows).toHaveLength(3 * 3 * 10);
    for (const date of ["2026-11-20", "2026-11-21", "2026-11-22"])
      expect(rows.find((row) => row.startsWith(`${date},${date} 19:00:00,"",`))).toMatch(/,0,-?\d+,whole,$/);
    expect((await ask("/stores/acme/none/occupancy.csv")).statusCode).toBe(404);
    expect((await ask(`${GINZA}/occupancy.csv?from=x&to=y`)).statusCode).toBe(400);
    expect((await ask(csv, {}, "HEAD")).body).toBe("");
  });

  test("how far counts can be believed, by store, device and date", async () => {
    const parts = serverParts();
    const score = (businessDate: string, deviceId: string, value: number) => {
      return { tenant: "acme", store: "ginza", businessDate, deviceId, score: value };
    };
    await parts.warehouse.addDerived("quality_score", [
      ...[
        score("2026-11-20", "cam-01", 1),
        score("2026-11-20", "cam-<02>", 0.4996),
        score("2026-11-21", "cam-01", 0.996),
      ],
      ...[score("2026-11-21", "cam-<02>", 1), { ...score("2026-11-21", "else", 0.1), store: "umeda" }],
    ]);
    const ask = client(parts);
    const address = `${GINZA}/quality?from=2026-11-19&amp;to=2026-11-21`;
    expect((await ask(`${GINZA}?from=2026-11-19&to=2026-11-21`)).body).toContain(`href="${address}"`);
    const { body, statusCode } = await ask(address.replace("&amp;", "&"));
    expect(statusCode).toBe(200);
    expect(body).toContain("計測の信頼度");
    expect(body).toContain("Trust in the counts");
    const english = body.replaceAll(/<span lang="ja">.*?<.span>/g, "").replaceAll(/<.?(span|b)[^>]*>/g, "");
    const rows = [...english.matchAll(/<tr>(.*?)<.tr>/gs)].map(([, row]) =>
      [...(row ?? "").matchAll(/<t[hd][^>]*>(.*?)<.t[hd]>/gs)].map(([, cell]) => cell),
    );
    // The least believed first, the newest date first, and what was not judged has no number.
    expect(rows.map((row) => row.slice(1))).toEqual([
      ["The store", "cam-&lt;02&gt;", "cam-01"],
      ["87%", "74%", "99%"],
      ["99%", "100%", "99%"],
      ["74%", "49%", "100%"],
      ["–", "–", "–"],
    ]);
    expect((await ask(`${GINZA}/quality?from=2026-11-01&to=2026-11-02`)).body).toContain("has been judged yet");
    expect((await ask("/stores/zeta/ginza/quality")).statusCode).toBe(404);
    expect((await ask(`${GINZA}/quality?from=x&to=y`)).statusCode).toBe(400);
  });

  test("a name turns nothing round and hides nothing", async () => {
    const parts = serverParts();
    const stores = parts.stores.map((store) => ({ ...store, name: "Ginza\u202Efdp\u200B" }));
    for (const path of ["/", GINZA]) expect((await client({ ...parts, stores })(path)).body).toContain("Ginzafdp");
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
    {
      query: "from=2016-01-01&to=2026-11-23",
      reason: "3700 days at once: ask from 2016-01-01 to 2026-02-16, and from 2026-02-17",
    },
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
