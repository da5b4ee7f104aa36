import { createHash } from "node:crypto";
import type { ReaderAccess } from "../../../cloud-ingest/config.ts";
import type { JobStats } from "../../../cloud-ingest/jobs/job-stats.ts";
import { createApp, type HttpServerParts } from "../../../cloud-ingest/server/create-app.ts";
import type { Vitals } from "../../../cloud-ingest/server/vitals.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { demoWindows, shopDays, shopDevices, shopHours, tokyoStore } from "../../support/sample-traffic.ts";

export const parisStore = { tenant: "zeta", store: "paris", name: "Zeta Paris", timeZone: "Europe/Paris" };

/** Healthy at the fixture's time. */
export const goodVitals: Vitals = {
  ...{ acked: 12, stored: 9, duplicate: 1, quarantined: 2, inboxDepth: 0, inboxBytes: 0, connections: 1 },
  ...{ brokerRefused: 0, brokerHeldBytes: 0 },
  ...{ refusedByClass: { clock: 2, other: 0 }, ledgerDifference: 0 },
  lastStoredAt: "2026-11-23T11:29:00Z",
};

export const goodJobs: JobStats = { lastRuns: [], counts: [], quietS: 0, runningS: 0 };

export function reader(name: string, token: string, tenant?: string): ReaderAccess {
  const tokenSha256 = createHash("sha256").update(token).digest("hex");
  return { name, tokenSha256, ...(tenant !== undefined && { tenant }) };
}

export function basic(name: string, token: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${name}:${token}`).toString("base64")}` };
}

/** Two tenants, one of them with data; 2026-11-23 20:30 in Tokyo. */
export function serverParts(readers: readonly ReaderAccess[] = []) {
  const warehouse = new FakeWarehouse();
  warehouse.put(tokyoStore, "hour", shopHours("2026-11-23", 35));
  warehouse.put(tokyoStore, "day", shopDays("2026-11-23", 35));
  warehouse.put(tokyoStore, "window", demoWindows());
  warehouse.deviceList.set("acme/ginza", shopDevices);
  const log = new LogRecorder();
  const clock = new ManualClock("2026-11-23T11:30:00Z");
  return {
    ...{ warehouse, log, clock, troubles: new Troubles({ log, clock }) },
    config: { host: "127.0.0.1", port: 0, readers: [...readers], trustProxy: [] },
    stores: [tokyoStore, parisStore],
    vitals: () => goodVitals,
    jobs: () => goodJobs,
  };
}

/** Asks the routes without a socket. */
export function client(parts: HttpServerParts) {
  const app = createApp(parts);
  return (url: string, headers: Record<string, string> = {}, method: "GET" | "HEAD" | "POST" = "GET") =>
    app.inject({ url, method, headers: { host: "localhost:8080", ...headers } });
}
