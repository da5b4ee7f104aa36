import { once } from "node:events";
import { expect, test } from "vitest";
import { addDays } from "../../../cloud-ingest/calendar.ts";
import { trafficRow } from "../../support/sample-traffic.ts";
import { basic, client, reader, serverParts } from "./server-fixture.ts";
import { exchange, get, listening, open } from "./socket-rig.ts";

const CSV = "/stores/acme/ginza/traffic.csv?from=2016-11-24&to=2026-11-23&span=window";

/** A store with ten years of windows, each date of which is read when the test says so. */
function tenYears() {
  const parts = serverParts([reader("a", "t-a"), reader("b", "t-b")]);
  const { warehouse } = parts;
  const dates = Array.from({ length: 3652 }, (_, day) => addDays("2016-11-24", day));
  warehouse.windowDates = async (_, { from, to }) => dates.filter((date) => from <= date && date <= to);
  const signals: (AbortSignal | undefined)[] = [];
  let pace: () => Promise<unknown> = async () => {};
  warehouse.traffic = async (_, { from: businessDate }, span, wish = {}) => {
    if (!signals.includes(wish.signal)) signals.push(wish.signal);
    warehouse.reads.push({ span, wish });
    await pace();
    return [trafficRow({ businessDate, spanS: 60, targetName: "x".repeat(4_000) })];
  };
  const setPace = (next: () => Promise<unknown>) => {
    pace = next;
  };
  return { ...parts, signals, setPace };
}

const READS = ["traffic", "devices", "staleDates", "windowDates", "windowsSum", "unreadableDates", "runs"];

const asReader = (name: string) => `Authorization: ${basic(name, `t-${name}`).authorization}\r\n`;

test.each(["/", "/stores/acme/ginza", CSV, "/healthz", "/metrics", "/nothing", "/stores/acme/ginza/"])(
  "HEAD %s: the headers of GET, and no work",
  async (path) => {
    const parts = serverParts();
    const asked: string[] = [];
    const warehouse = new Proxy(parts.warehouse, {
      get: (target, name) => {
        if (READS.includes(String(name))) asked.push(String(name));
        return Reflect.get(target, name);
      },
    });
    const head = await client({ ...parts, warehouse })(path, {}, "HEAD");
    expect(asked).toEqual([]);
    const full = await client(parts)(path);
    expect(head.statusCode).toBe(full.statusCode);
    expect(head.body).toBe("");
    for (const name of ["content-type", "content-disposition", "content-security-policy", "location"])
      expect(head.headers[name]).toBe(full.headers[name]);
  },
);

test("windows of a date that cannot be read whole are refused with a reason, hours and days are not", async () => {
  const parts = serverParts();
  parts.warehouse.unreadable.set("acme/ginza", ["2026-11-20", "2026-11-21"]);
  const ask = client(parts);
  for (let round = 0; round < 5; round += 1) {
    const refused = await ask(CSV);
    expect([refused.statusCode, refused.headers["content-disposition"]]).toEqual([503, undefined]);
    expect(refused.body).toContain("Some counts of 2026-11-20, 2026-11-21 cannot be read now.");
  }
  expect((await ask(CSV.replace("window", "day"))).statusCode).toBe(200);
  expect((await ask(CSV.replace("2026-11-23", "2026-11-19"))).statusCode).toBe(200);
});

test("a client that goes ends its work, and its turn is free again", async () => {
  const parts = tenYears();
  const { port, end } = await listening(parts);
  const reading = new Promise<void>((resolve) => {
    parts.setPace(async () => {
      resolve();
      await new Promise(() => {});
    });
  });
  const sockets = await Promise.all([open(port), open(port)]);
  for (const socket of sockets) socket.write(get(CSV, asReader("a")));
  await reading;
  while (parts.signals.length < 2) await new Promise(setImmediate);
  const gone = parts.signals.map((signal) => signal && once(signal, "abort"));
  for (const socket of sockets) socket.destroy();
  await Promise.all(gone);
  expect(parts.signals.map((signal) => signal?.aborted)).toEqual([true, true]);
  await end();
});

test("two exports of a reader at once, four wait, more are told so; another reader has its own", async () => {
  const parts = tenYears();
  const { port, end } = await listening(parts);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  parts.setPace(() => gate);
  const sockets = await Promise.all(Array.from({ length: 6 }, () => open(port)));
  for (const socket of sockets) socket.write(get(CSV, asReader("a")));
  while (parts.signals.length < 2) await new Promise(setImmediate);
  const refused = await exchange(port, get(CSV, asReader("a")));
  expect(refused).toMatch(/^HTTP\/1.1 429 /);
  expect(refused.toLowerCase()).toContain("retry-after: 5\r\n");
  expect(refused).toContain("Wait until one has ended.");
  expect(refused.toLowerCase()).not.toContain("content-disposition");
  const other = exchange(port, get(CSV.replace("2016-11-24", "2026-11-20"), asReader("b")));
  while (parts.signals.length < 3) await new Promise(setImmediate);
  for (const socket of sockets) socket.destroy();
  go();
  expect(await other).toMatch(/^HTTP\/1.1 200 /);
  await end();
});

test("requests sent ahead on one connection are bounded like any", async () => {
  const parts = tenYears();
  const { port, end } = await listening(parts);
  parts.setPace(() => new Promise(() => {}));
  const socket = await open(port);
  socket.write(get(CSV, asReader("a")).replace("Connection: close\r\n", "").repeat(50));
  while (parts.signals.length < 1) await new Promise(setImmediate);
  await new Promise(setImmediate);
  // One connection has one signal; what it reads at once is what two turns allow.
  expect(parts.warehouse.reads.length).toBeLessThanOrEqual(2);
  const gone = parts.signals[0] && once(parts.signals[0], "abort");
  socket.destroy();
  await gone;
  await end();
});

test("no rows for longer than the idle time cut nothing off while there is work", async () => {
  const parts = { ...tenYears(), limits: { idleMs: 50 } };
  const { port, end } = await listening(parts);
  parts.setPace(() => new Promise((resolve) => setTimeout(resolve, 200)));
  const answer = await exchange(port, get(CSV.replace("2016-11-24", "2026-11-20"), asReader("a")));
  expect(answer.split("\r\n").filter((line) => line.startsWith("2026-11-"))).toHaveLength(4);
  expect(answer).toMatch(/\r\n0\r\n\r\n$/);
  await end();
});

test("a client that takes nothing is cut off, and its work ends", async () => {
  const parts = { ...tenYears(), limits: { idleMs: 100 } };
  const { port, end } = await listening(parts);
  const socket = await open(port);
  socket.on("error", () => {}).pause();
  socket.write(get(CSV, asReader("a")));
  while (parts.signals.length < 1) await new Promise(setImmediate);
  if (parts.signals[0]) await once(parts.signals[0], "abort");
  expect(parts.warehouse.reads.length).toBeLessThan(3652);
  socket.destroy();
  await end();
});
