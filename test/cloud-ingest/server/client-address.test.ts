import { expect, test } from "vitest";
import { networkOf } from "../../../cloud-ingest/server/client-address.ts";
import { basic, client, reader, serverParts } from "./server-fixture.ts";

test.each([
  { address: "192.0.2.7", network: "192.0.2.7" },
  { address: "::ffff:192.0.2.7", network: "192.0.2.7" },
  { address: "2001:db8:1:2:3:4:5:6", network: "2001:db8:1:2::/64" },
  { address: "2001:db8::1", network: "2001:db8:0:0::/64" },
  { address: "2001:0db8:0001:0002::", network: "2001:db8:1:2::/64" },
  { address: "::1", network: "0:0:0:0::/64" },
  { address: "fe80::1%eth0", network: "fe80:0:0:0::/64" },
])("$address counts as $network", ({ address, network }) => expect(networkOf(address)).toBe(network));

const wrong = basic("boss", "guess");

test.each([
  { name: "a trusted proxy", trustProxy: ["127.0.0.0/8"], status: 401 },
  { name: "nobody trusted", trustProxy: [], status: 429 },
  { name: "another one trusted", trustProxy: ["10.0.0.1"], status: 429 },
])("$name: the second client behind it gets $status after the first has guessed", async ({ trustProxy, status }) => {
  const parts = serverParts([reader("boss", "t-all")]);
  const ask = client({ ...parts, config: { ...parts.config, trustProxy } });
  for (let time = 0; time < 10; time += 1) await ask("/", { ...wrong, "x-forwarded-for": "198.51.100.1" });
  const answer = await ask("/", { ...wrong, "x-forwarded-for": "198.51.100.2" });
  expect(answer.statusCode).toBe(status);
});

test("through a trusted proxy nobody chooses his own address, nor any text", async () => {
  const parts = serverParts([reader("boss", "t-all")]);
  const ask = client({ ...parts, config: { ...parts.config, trustProxy: ["127.0.0.1"] } });
  for (let time = 0; time < 10; time += 1)
    await ask("/", { ...wrong, "x-forwarded-for": `203.0.113.${time}, 198.51.100.1` });
  expect((await ask("/", { ...wrong, "x-forwarded-for": "203.0.113.99, 198.51.100.1" })).statusCode).toBe(429);
  for (let time = 0; time < 10; time += 1) await ask("/", { ...wrong, "x-forwarded-for": `text-${time}` });
  expect((await ask("/", { ...wrong, "x-forwarded-for": "another text" })).statusCode).toBe(429);
});
