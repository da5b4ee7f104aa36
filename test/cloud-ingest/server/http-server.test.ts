import { createServer } from "node:net";
import { expect, test } from "vitest";
import type { HttpServerParts } from "../../../cloud-ingest/server/create-app.ts";
import { HttpServer } from "../../../cloud-ingest/server/http-server.ts";
import { basic, reader, serverParts } from "./server-fixture.ts";

async function started(parts: HttpServerParts) {
  const stop = new AbortController();
  const server = new HttpServer(parts);
  const running = server.run(stop.signal);
  const { host, port } = await server.ready;
  const end = async () => {
    stop.abort();
    await running;
  };
  return { url: `http://${host}:${port}`, port, end };
}

test("answers over a real socket and is gone after the stop", async () => {
  const { url, end } = await started(serverParts([reader("boss", "t-all")]));
  expect((await fetch(`${url}/`)).status).toBe(401);
  const page = await fetch(`${url}/stores/acme/ginza`, { headers: basic("boss", "t-all") });
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("アクメ 銀座店");
  await end();
  await expect(fetch(url)).rejects.toThrow();
});

test("localhost is an address too", async () => {
  const parts = serverParts();
  const { port, end } = await started({ ...parts, config: { ...parts.config, host: "localhost" } });
  expect((await fetch(`http://localhost:${port}/healthz`)).status).toBe(200);
  await end();
});

test("a body is not read", async () => {
  const { url, end } = await started(serverParts());
  const answer = await fetch(url, { method: "POST", body: "x".repeat(100_000) });
  expect(answer.status).toBe(405);
  await end();
});

test("a port in use is named, with what to do; ready and run fail alike", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const address = other.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const parts = serverParts();
  const server = new HttpServer({ ...parts, config: { ...parts.config, port } });
  const expected = {
    code: "PORT_IN_USE",
    message: expect.stringContaining(String(port)),
    hint: expect.stringContaining("http.port"),
  };
  await expect(server.run(new AbortController().signal)).rejects.toMatchObject(expected);
  await expect(server.ready).rejects.toMatchObject(expected);
  other.close();
});

test.each([
  { name: "open to the network", config: { host: "0.0.0.0" } },
  { name: "no such address", config: { host: "192.0.2.1", readers: [reader("boss", "t-all")] } },
])("$name: an error of the configuration", async ({ config }) => {
  const parts = serverParts();
  const server = new HttpServer({ ...parts, config: { ...parts.config, ...config } });
  await expect(server.run(new AbortController().signal)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});
