import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SECURITY_HEADERS } from "../../../cloud-ingest/server/answers.ts";
import { serverParts } from "./server-fixture.ts";
import { exchange, get, listening, open } from "./socket-rig.ts";

const GINZA = "/stores/acme/ginza";
describe("whatever is sent, the answer is ours", () => {
  let server: Awaited<ReturnType<typeof listening>>;
  beforeAll(async () => {
    server = await listening({ ...serverParts(), limits: { requestMs: 300 } });
  });
  afterAll(() => server.end());

  test.each([
    { name: "no HTTP", bytes: "hello\r\n\r\n", status: 400 },
    { name: "TLS", bytes: "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", status: 400 },
    { name: "headers too long", bytes: get("/", `X: ${"x".repeat(20_000)}\r\n`), status: 431 },
    { name: "an address too long for the parser", bytes: get(`/${"x".repeat(20_000)}`), status: 431 },
    { name: "an address too long", bytes: get(`/?${"x".repeat(4000)}`), status: 414 },
    { name: "a name too long", bytes: get(`/stores/${"x".repeat(100)}/y`), status: 414 },
    { name: "bad URL encoding", bytes: get("/stores/%zz/x"), status: 400 },
    { name: "bad UTF-8 in the address", bytes: get("/stores/%ff/x"), status: 400 },
    { name: "no Host", bytes: get("/", "", ""), status: 400 },
    { name: "two Hosts", bytes: get("/", "Host: evil.example\r\n"), status: 400 },
    { name: "a foreign Host", bytes: get("/", "", "evil.example"), status: 421 },
    { name: "two lengths", bytes: get("/", "Content-Length: 1\r\nContent-Length: 2\r\n"), status: 400 },
    {
      name: "length and chunks (request smuggling)",
      bytes: get("/", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
      status: 400,
    },
    { name: "a header without a name", bytes: get("/", ": x\r\n"), status: 400 },
    { name: "an unknown expectation", bytes: get("/", "Expect: miracles\r\n"), status: 417 },
    { name: "POST", bytes: get("/").replace("GET", "POST"), status: 405 },
    { name: "TRACE", bytes: get("/").replace("GET", "TRACE"), status: 405 },
    { name: "a method override", bytes: get("/nothing", "X-HTTP-Method-Override: DELETE\r\n"), status: 404 },
    { name: "nothing of ours", bytes: get("/nothing"), status: 404 },
    { name: "a path upwards", bytes: get("/stores/../../etc/passwd"), status: 404 },
    { name: "headers that never end (slowloris)", bytes: "GET / HTTP/1.1\r\nHost: localhost\r\n", status: 408 },
    {
      name: "a body that never comes",
      bytes: get("/", "Content-Length: 9\r\n").replace("close", "keep-alive"),
      status: 200,
    },
  ])("$name: $status", async ({ bytes, status }) => {
    const answer = await exchange(server.port, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      if (!(status === 200 && name === "content-security-policy"))
        expect(answer.toLowerCase()).toContain(`${name}: ${value.toLowerCase()}`);
    if (status !== 200) expect(answer.toLowerCase()).toContain("content-type: text/plain; charset=utf-8");
    expect(answer).not.toContain("FST_ERR");
  });

  test("a connection on which nothing comes is closed", async () => {
    expect(await exchange(server.port, "")).toMatch(/^(HTTP\/1.1 408 .*)?/);
  });
});

describe("where a redirect leads", () => {
  test.each([
    { name: "an absolute address", path: `http://evil.example${GINZA}/` },
    { name: "an own one", path: `${GINZA}/?from=2026-11-01&to=2026-11-02` },
    {
      name: "a foreign host's name",
      path: `${GINZA}/`,
      headers: "X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n",
    },
  ])("$name: to our page", async ({ path, headers }) => {
    const { port, end } = await listening(serverParts());
    const answer = await exchange(port, get(path, headers));
    const query = path.includes("?") ? path.slice(path.indexOf("?")) : "";
    expect(/^location: (.*)\r$/im.exec(answer)?.[1]).toBe(GINZA + query);
    expect(answer).not.toContain("evil");
    await end();
  });

  test.each([
    "//evil.example/",
    "/stores//evil.example/",
    "/stores/%2f%2fevil.example/x/",
    "/stores/%5cevil.example/x/",
    "/stores/..%2f/x/",
    "/stores//evil/..",
    "http://evil.example//evil.example/",
  ])("%s: nowhere", async (path) => {
    const { port, end } = await listening(serverParts());
    const answer = await exchange(port, get(path));
    expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
    expect(answer.toLowerCase()).not.toContain("\nlocation:");
    await end();
  });
});

describe("what a cache or a browser might be told", () => {
  test.each([
    { name: "Range", headers: "Range: bytes=0-10\r\n" },
    { name: "If-None-Match", headers: "If-None-Match: *\r\n" },
    { name: "If-Modified-Since", headers: "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n" },
  ])("$name changes nothing", async ({ headers }) => {
    const { port, end } = await listening(serverParts());
    const answer = await exchange(port, get(GINZA, headers));
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer.trimEnd()).toMatch(/<\/html>$/);
    await end();
  });

  test.each([
    "from=2026-11-01%0d%0aX-Evil:1&to=2026-11-02",
    "from=2026-11-01&to=2026-11-02&span=hour%22;x",
    "span=hour&span=day",
    "span[]=hour",
    "from[a]=1&to=2",
  ])("%s: 400 and no header of the sender's making", async (query) => {
    const { port, end } = await listening(serverParts());
    const answer = await exchange(port, get(`${GINZA}/traffic.csv?${query}`));
    expect(answer).toMatch(/^HTTP\/1.1 (400|200) /);
    expect(answer.split("\r\n\r\n")[0]?.toLowerCase()).not.toContain("evil");
    await end();
  });
});

test.each([
  { name: "of one address", limits: { perAddress: 3 } },
  { name: "in all", limits: { total: 3 } },
])("connections $name are limited: one more is closed, and has room once another has gone", async ({ limits }) => {
  const { port, end } = await listening({ ...serverParts(), limits });
  const held = await Promise.all([open(port), open(port), open(port)]);
  expect(await exchange(port, "")).toBe("");
  const [first] = held;
  const gone = new Promise((resolve) => first?.once("close", resolve));
  first?.end(get("/healthz"));
  await Promise.all([gone, first?.resume()]);
  expect(await exchange(port, get("/healthz"))).toMatch(/^HTTP\/1.1 200 /);
  for (const socket of held) socket.destroy();
  await end();
});
