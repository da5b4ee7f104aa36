import { describe, expect, test } from "vitest";
import type { ReaderAccess } from "../../../cloud-ingest/config.ts";
import { httpExposure, refuseExposure } from "../../../cloud-ingest/exposure.ts";
import { isLoopback } from "../../../cloud-ingest/loopback.ts";
import { Readers } from "../../../cloud-ingest/server/readers.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { basic, client, parisStore, reader, serverParts } from "./server-fixture.ts";

const readers = [reader("boss", "t-all"), reader("acme-shop", "t-acme", "acme"), reader("zeta-shop", "t-zeta", "zeta")];
const GINZA = "/stores/acme/ginza";

async function guess(ask: ReturnType<typeof client>, times: number): Promise<void> {
  for (let attempt = 0; attempt < times; attempt += 1) await ask("/", basic("boss", `guess-${attempt}`));
}

describe("with readers", () => {
  const get = client(serverParts(readers));

  test.each([
    { name: "nothing", headers: {} },
    { name: "a wrong token", headers: basic("boss", "guess") },
    { name: "another reader's token", headers: basic("boss", "t-acme") },
    { name: "an empty token", headers: basic("boss", "") },
    { name: "a wrong bearer", headers: { authorization: "Bearer guess" } },
    { name: "a hash for a token", headers: { authorization: `Bearer ${readers[0]!.tokenSha256}` } },
    { name: "nonsense", headers: { authorization: "Digest x" } },
    { name: "an empty header", headers: { authorization: "" } },
  ])("$name: 401 and a login box, for a page, a CSV and the index alike", async ({ headers }) => {
    for (const path of ["/", GINZA, `${GINZA}/traffic.csv`, "/stores/no/where", "/metrics"]) {
      const answer = await client(serverParts(readers))(path, headers);
      expect(answer.statusCode, path).toBe(401);
      expect(answer.headers["www-authenticate"]).toContain("Basic");
      expect(answer.body).not.toContain("アクメ");
    }
  });

  test.each([
    { name: "Basic", headers: basic("acme-shop", "t-acme") },
    { name: "Bearer", headers: { authorization: "Bearer t-acme" } },
    { name: "bearer in lower case", headers: { authorization: "bearer t-acme" } },
  ])("$name opens the own tenant and no other", async ({ headers }) => {
    expect((await get(GINZA, headers)).statusCode).toBe(200);
    expect((await get("/stores/zeta/paris", headers)).statusCode).toBe(404);
    expect((await get("/stores/zeta/paris/traffic.csv", headers)).statusCode).toBe(404);
    expect((await get("/metrics", headers)).statusCode).toBe(404);
  });

  test("another tenant's store answers exactly like one that does not exist", async () => {
    const headers = basic("acme-shop", "t-acme");
    const [other, none] = [await get("/stores/zeta/paris", headers), await get("/stores/zeta/nowhere", headers)];
    expect(other.body).toBe(none.body);
    expect({ ...other.headers, date: "" }).toEqual({ ...none.headers, date: "" });
  });

  test("the index lists the own tenant only", async () => {
    const own = (await get("/", basic("zeta-shop", "t-zeta"))).body;
    expect(own).toContain(parisStore.name);
    expect(own).not.toContain("アクメ");
    const all = (await get("/", basic("boss", "t-all"))).body;
    expect(all).toContain(parisStore.name);
    expect(all).toContain("アクメ");
  });

  test("a foreign host name is fine, because it has to log in", async () => {
    const headers = { ...basic("boss", "t-all"), host: "kazoe.example" };
    expect((await get("/", headers)).statusCode).toBe(200);
  });

  test("ten wrong logins in a minute, then wrong ones are told to wait, and a right one passes", async () => {
    const parts = serverParts(readers);
    const ask = client(parts);
    await guess(ask, 10);
    const limited = await ask("/", basic("boss", "guess"));
    expect(limited.statusCode).toBe(429);
    expect(limited.headers["retry-after"]).toBe("60");
    expect((await ask("/", basic("boss", "t-all"))).statusCode).toBe(200);
    parts.clock.advance(61);
    expect((await ask("/", basic("boss", "guess"))).statusCode).toBe(401);
  });

  test.each([
    { name: "Basic", headers: basic("boss", "t-all") },
    { name: "Bearer", headers: { authorization: "Bearer t-all" } },
  ])("two hundred guesses in a minute: a right token never used before passes, by $name", async ({ headers }) => {
    const ask = client(serverParts(readers));
    await guess(ask, 200);
    expect((await ask("/", headers)).statusCode).toBe(200);
    expect((await ask("/metrics", headers)).statusCode).toBe(200);
    expect((await ask("/", basic("boss", "guess"))).statusCode).toBe(429);
    expect((await ask("/", basic("acme-shop", "t-all"))).statusCode).toBe(429);
  });

  test("readers with the same token are told apart by their names", async () => {
    const twins = [reader("acme-shop", "t-same", "acme"), reader("zeta-shop", "t-same", "zeta")];
    const ask = client(serverParts(twins));
    expect((await ask("/stores/zeta/paris", basic("zeta-shop", "t-same"))).statusCode).toBe(200);
    expect((await ask("/stores/zeta/paris", basic("acme-shop", "t-same"))).statusCode).toBe(404);
  });

  test("a guess costs the same however many readers there are", () => {
    const clock = new ManualClock("2026-11-23T00:00:00Z");
    const many = Array.from({ length: 20_000 }, (_, index) => reader(`r-${index}`, `t-${index}`));
    const cost = (crowd: readonly ReaderAccess[]) => {
      const admission = new Readers(crowd, clock);
      const times = Array.from({ length: 50 }, (_, index) => {
        const startMs = performance.now();
        admission.admit(`Bearer guess-${index}`, "192.0.2.1");
        return performance.now() - startMs;
      });
      return Math.min(...times);
    };
    const [few, crowd] = [cost(many.slice(0, 1)), cost(many)];
    console.log(`a guess: ${few.toFixed(4)} ms beside one reader, ${crowd.toFixed(4)} ms beside 20,000`);
    // Looking at every reader took hundreds of times as long.
    expect(crowd).toBeLessThan(few * 20 + 0.05);
  });
});

describe("without readers", () => {
  const get = client(serverParts());

  test.each([
    { host: "localhost:8080", status: 200 },
    { host: "127.0.0.1", status: 200 },
    { host: "[::1]:8080", status: 200 },
    { host: "evil.example", status: 421 },
    { host: "localhost.evil.example:8080", status: 421 },
    { host: "127.0.0.1.evil.example", status: 421 },
    { host: "0.0.0.0:8080", status: 421 },
  ])("host $host: $status (DNS rebinding)", async ({ host, status }) => {
    expect((await get("/", { host })).statusCode).toBe(status);
    expect((await get("/metrics", { host })).statusCode).toBe(status);
  });

  test.each([
    { host: "0.0.0.0", safe: false },
    { host: "::", safe: false },
    { host: "192.168.1.5", safe: false },
    { host: "127.0.0.1", safe: true },
    { host: "::1", safe: true },
    { host: "localhost", safe: true },
  ])("listening on $host is allowed: $safe", ({ host, safe }) => {
    expect(isLoopback(host)).toBe(safe);
    const check = () => refuseExposure("http.host", httpExposure({ host, port: 8080, readers: [], trustProxy: [] }));
    if (safe) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() =>
      refuseExposure("http.host", httpExposure({ host, port: 8080, readers, trustProxy: [] })),
    ).not.toThrow();
  });
});
