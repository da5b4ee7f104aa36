import { availableParallelism, loadavg } from "node:os";
import { operationsBook } from "../../../cloud-ingest/operations-book.ts";
import { AlertsDesk } from "../../../cloud-ingest/operator/alerts-desk.ts";
import { Registry } from "../../../cloud-ingest/registry/registry.ts";
import { RowIntake } from "../../../cloud-ingest/rows/intake.ts";
import { createApp } from "../../../cloud-ingest/server/create-app.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { PresenceRow } from "../../../cloud-ingest/warehouse/port.ts";
import type { DeviceRecord } from "../../../cloud-ingest/warehouse/presence.ts";
import { CHROMIUM, openBrowser, SIZES } from "../../support/browser.ts";
import { illFleet } from "../../support/ill-fleet.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { type BenchResult, median } from "../result.ts";
import { inTempDir } from "../warehouse/measure.ts";

const DEVICES = 5_000;
const ROUNDS = 5;
const NOW = "2026-11-23T11:30:00Z";

/** First paint of the page for operations in Chromium, the warehouse in DuckDB; a row each for phone and desk. */
export async function runPageBench(): Promise<BenchResult> {
  const name = `Page for operations, ${DEVICES} devices of which ${DEVICES / 50} are ill: first paint in Chromium`;
  if (!CHROMIUM) return { name, lines: ["No Chromium on this machine: not measured."] };
  return inTempDir(async (dir) => {
    const clock = new ManualClock(NOW);
    const warehouse = await openDuckDbWarehouse(dir, { clock });
    const { records, alerts } = await illFleet(DEVICES, clock.nowMs());
    await warehouse.store({ data: [], presence: records.map(presenceOf), quarantine: [] });
    await warehouse.addAlerts("alert", alerts);
    const registry = async () => new Registry([], { holidays: () => new Map() });
    const rows = new RowIntake({ writer: undefined, warehouse, stores: [], clock });
    const desk = new AlertsDesk({ warehouse, stores: [], devices: [], alerts: {} as never, registry, rows, clock });
    const log = new LogRecorder();
    const app = createApp({
      ...{ warehouse, stores: [], clock, log, troubles: new Troubles({ log, clock }), vitals: () => ({}) as never },
      config: { host: "127.0.0.1", port: 0, readers: [], trustProxy: [] },
      operations: operationsBook({ alerts: desk, warehouse }),
    });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const browser = await openBrowser();
    const lines: string[] = [];
    for (const [size, options] of Object.entries(SIZES)) {
      const paints: number[] = [];
      const served: number[] = [];
      let bytes = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const context = await browser.newContext(options);
        const page = await context.newPage();
        const answer = await page.goto(`${url}/operations`);
        bytes = (await answer?.body())?.length ?? 0;
        paints.push(await page.evaluate(PAINTED));
        served.push(await page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd"));
        await context.close();
      }
      const numbers = `${median(paints).toFixed(0)} ms, at most ${Math.max(...paints).toFixed(0)} ms of ${ROUNDS} (< 1,000)`;
      lines.push(
        `${size.padEnd(6)} ${numbers}; of it ${median(served).toFixed(0)} ms until ${(bytes / 1e6).toFixed(1)} MB were served`,
      );
    }
    lines.push(`load of this machine meanwhile: ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`);
    await browser.close();
    await app.close();
    await warehouse.close();
    return { name, lines };
  });
}

function presenceOf({ tenant, store, device, lastSeenAt }: DeviceRecord): PresenceRow {
  return {
    ...{ identity: { tenant, store, device }, receivedAt: lastSeenAt },
    message: {
      ...{
        v: 1,
        kind: "state",
        deviceId: device,
        bootId: "boot-0001",
        ts: lastSeenAt,
        state: "online",
        reason: "start",
      },
    },
  };
}

/** From the start of the navigation to the first paint with something on it, ms. */
const PAINTED = `new Promise((done) => new PerformanceObserver((list) => {
  const found = list.getEntries().find(({ name }) => name === "first-contentful-paint");
  if (found) done(found.startTime);
}).observe({ type: "paint", buffered: true }))`;
