import { expect, test } from "vitest";
import { basic, reader, serverParts } from "./server-fixture.ts";
import { exchange, get, listening, open } from "./socket-rig.ts";

const asReader = (name: string) => `Authorization: ${basic(name, `t-${name}`).authorization}\r\n`;

test("so many pages of a reader are made or waited for at once; who goes leaves his place", async () => {
  const parts = serverParts([reader("a", "t-a"), reader("b", "t-b")]);
  let isGated = true;
  let waiting: (() => void)[] = [];
  const { warehouse } = parts;
  const devices = warehouse.devices.bind(warehouse);
  warehouse.devices = async (store) => {
    if (isGated) await new Promise<void>((resolve) => waiting.push(resolve));
    return devices(store);
  };
  const { port, end } = await listening(parts);
  const page = get("/stores/acme/ginza", asReader("a"));
  const held = await Promise.all(Array.from({ length: 22 }, () => open(port)));
  for (const socket of held) socket.pause().write(page);
  while (waiting.length < 2) await new Promise(setImmediate);
  const refused = await exchange(port, page);
  expect(refused).toMatch(/^HTTP\/1.1 429 /);
  for (const socket of held) socket.destroy();
  isGated = false;
  for (const resolve of waiting) resolve();
  waiting = [];
  expect(await exchange(port, get("/stores/acme/ginza", asReader("b")))).toMatch(/^HTTP\/1.1 200 /);
  expect(await exchange(port, page)).toMatch(/^HTTP\/1.1 200 /);
  await end();
});

test("pages that nobody takes are held for a few connections of a reader, not for all", async () => {
  const parts = serverParts([reader("a", "t-a"), reader("b", "t-b")]);
  // More than the kernel takes for a client that reads nothing.
  const stores = parts.stores.map((store) => ({ ...store, name: "x".repeat(4_000_000) }));
  const { port, end } = await listening({ ...parts, stores });
  const page = get("/", asReader("a"));
  const held = await Promise.all(Array.from({ length: 32 }, () => open(port)));
  for (const socket of held) socket.on("error", () => {}).pause();
  for (const socket of held) socket.write(page);
  while (!(await exchange(port, page)).startsWith("HTTP/1.1 429 "));
  const gone = held.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  expect(await exchange(port, get("/", asReader("b")))).toMatch(/^HTTP\/1.1 200 /);
  for (const socket of held) socket.destroy();
  await Promise.all(gone);
  while (!(await exchange(port, page)).startsWith("HTTP/1.1 200 "));
  await end();
});

test("of large pages that nobody takes a reader holds fewer", async () => {
  const parts = serverParts([reader("a", "t-a"), reader("b", "t-b")]);
  const stores = parts.stores.map((store) => ({ ...store, name: "x".repeat(4_000_000) }));
  const { port, end } = await listening({ ...parts, stores });
  const page = get("/", asReader("a"));
  const held = await Promise.all(Array.from({ length: 12 }, () => open(port)));
  for (const socket of held) socket.on("error", () => {}).pause();
  for (const socket of held) socket.write(page);
  while (!(await exchange(port, page)).startsWith("HTTP/1.1 429 "));
  expect(await exchange(port, get("/", asReader("b")))).toMatch(/^HTTP\/1.1 200 /);
  for (const socket of held) socket.destroy();
  while (!(await exchange(port, page)).startsWith("HTTP/1.1 200 "));
  await end();
});
