import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { batch, CAM, countsMessage, dataRow, rollUp, SHIBUYA, staleDates } from "../warehouse/rows.ts";
import { basic, reader, serverParts } from "./server-fixture.ts";
import { exchange, get, listening, open } from "./socket-rig.ts";

const DAYS = 8;
const WINDOWS_A_DAY = 144;
const PAGES = 6;
const ATTACKERS = ["a", "b"];
const SOCKETS_EACH = 10;
const CALM_WITHIN_S = 30;

const store = (tenant: string) => ({ ...SHIBUYA, tenant });
const asReader = (name: string) => `Authorization: ${basic(name, `t-${name}`).authorization}\r\n`;
const median = (values: readonly number[]) => [...values].sort((x, y) => x - y)[values.length >> 1] ?? 0;

async function filled() {
  const warehouse = await openDuckDbWarehouse(await tempDir());
  let seq = 0;
  for (const tenant of [...ATTACKERS, "victim"])
    for (let day = 0; day < DAYS; day += 1) {
      const startMs = Date.parse("2026-11-14T00:00:00Z") + day * 86_400_000;
      const data = Array.from({ length: WINDOWS_A_DAY }, (_, at) =>
        dataRow(countsMessage(seq++, new Date(startMs + at * 600_000).toISOString()), { ...CAM, tenant }),
      );
      await warehouse.store(batch(seq, { data }));
    }
  await warehouse.archive("2026-11-20");
  for (const tenant of [...ATTACKERS, "victim"])
    await rollUp(warehouse, store(tenant), await staleDates(warehouse, store(tenant)));
  return warehouse;
}

/** Seconds until this process uses less than half a core for one of them. What the attack left running took it for 40 minutes. */
async function secondsUntilCalm(): Promise<number> {
  for (let at = 0; at < CALM_WITHIN_S; at += 1) {
    const before = process.cpuUsage();
    await sleep(1000);
    const { user, system } = process.cpuUsage(before);
    if (user + system < 0.5e6) return at;
  }
  return CALM_WITHIN_S;
}

/** Sends one kind of dear request after the other on one connection, ahead of the answers, until it is closed. */
function attack(socket: Socket, name: string): void {
  const path = `/stores/${name}/shibuya`;
  const asks = [
    `HEAD ${path}/traffic.csv?from=2016-11-24&to=2026-11-23&span=window HTTP/1.1\r\n`,
    `GET ${path}/traffic.csv?from=2016-11-24&to=2026-11-23&span=window HTTP/1.1\r\n`,
    `GET ${path}?from=2016-11-24&to=2026-11-23 HTTP/1.1\r\n`,
  ];
  const send = () => {
    if (socket.writable) socket.write(asks.map((ask) => `${ask}Host: x\r\n${asReader(name)}\r\n`).join(""));
  };
  socket.on("error", () => {}).on("data", (text) => String(text).includes("HTTP/1.1 ") && send());
  send();
}

test("two readers that ask for all they can slow another tenant's page by a bounded factor, and leave nothing behind", async () => {
  const warehouse = await filled();
  const readers = [...ATTACKERS, "victim"].map((name) => reader(name, `t-${name}`, name));
  const parts = serverParts(readers);
  const stores = [...ATTACKERS, "victim"].map(store);
  const { port, end } = await listening({ ...parts, warehouse, stores });
  const pageMs = async () => {
    const start = performance.now();
    expect(await exchange(port, get("/stores/victim/shibuya", asReader("victim")))).toMatch(/^HTTP\/1.1 200 /);
    return performance.now() - start;
  };
  const times = async () => {
    const all: number[] = [];
    for (let at = 0; at < PAGES; at += 1) all.push(await pageMs());
    return all;
  };
  await times();
  const calm = median(await times());
  const names = ATTACKERS.flatMap((name) => new Array<string>(SOCKETS_EACH).fill(name));
  const sockets = await Promise.all(names.map(() => open(port)));
  for (const [at, socket] of sockets.entries()) attack(socket, names[at] ?? "");
  const attacked = await times();
  const gone = sockets.map((socket) => once(socket, "close"));
  for (const socket of sockets) socket.destroy();
  await Promise.all(gone);
  const calmAfterS = await secondsUntilCalm();
  const ratio = median(attacked) / calm;
  console.log(
    `page ${calm.toFixed(0)} ms, attacked median ${median(attacked).toFixed(0)} ms (${ratio.toFixed(1)} x), worst ${Math.max(...attacked).toFixed(0)} ms; calm ${calmAfterS} s after the attack`,
  );
  await end();
  await warehouse.close();
  expect(ratio).toBeLessThan(25);
  expect(calmAfterS).toBeLessThan(CALM_WITHIN_S);
}, 120_000);
