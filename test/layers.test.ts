import { describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../firmware-config/kit/package-root.ts";
import { type Import, importsBelow, importsOf } from "./support/imports.ts";

const KIT = "firmware-config/kit";
const CONFIG = "firmware-config/config";
const CONTRACT = "firmware-config/contract";
const BUS_PORT = "cloud-ingest/bus/port.ts";
const PORT = "cloud-ingest/warehouse/port.ts";
const QUARANTINE_PORT = "cloud-ingest/warehouse/quarantine-port.ts";
/** What a driver's own folder says of its part of the configuration. */
const DRIVER_CONFIGS = [
  "cloud-ingest/alerts/alerts-config.ts",
  "cloud-ingest/inbox/inbox-config.ts",
  "cloud-ingest/pubsub/pubsub-config.ts",
  "cloud-ingest/warehouse/bigquery/bigquery-config.ts",
  "cloud-ingest/warehouse/duckdb/duckdb-config.ts",
];
const CLOUD_BASE = [
  "cloud-ingest/calendar.ts",
  "cloud-ingest/config.ts",
  "cloud-ingest/exposure.ts",
  "cloud-ingest/group-by.ts",
  "cloud-ingest/loopback.ts",
  "cloud-ingest/zone",
];
const DERIVED_PORT = "cloud-ingest/warehouse/derived-port.ts";
const CLEAN_TRAFFIC = "cloud-ingest/warehouse/clean-traffic.ts";
const ALERT_PORT = "cloud-ingest/warehouse/alert-port.ts";
const TROUBLES = "cloud-ingest/troubles.ts";

const ROW_PORT = "cloud-ingest/warehouse/row-port.ts";
const SOURCE_ROWS = "cloud-ingest/warehouse/source-rows.ts";

/**
 * What each folder or file may import beside its own folder, in the order of the data's way: a stage knows the stages before
 * it, as far as it needs them, and firmware-config. The longest name that fits a file decides.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  [KIT]: [],
  [CONTRACT]: [KIT],
  [CONFIG]: [KIT, CONTRACT],

  models: [KIT, CONFIG],

  "edge-agent/camera": [KIT, CONFIG, "edge-agent/frame"],
  "edge-agent/frame": [KIT, CONFIG, "edge-agent/camera"],
  "edge-agent/camera-health": [KIT, CONFIG, CONTRACT, "edge-agent/camera"],
  "edge-agent/detector": [KIT, CONFIG, "edge-agent/camera", "edge-agent/frame"],
  "edge-agent/tracker": [KIT, CONFIG, "edge-agent/frame", "edge-agent/detector"],
  "edge-agent/counter": [KIT, CONFIG, "edge-agent/frame", "edge-agent/tracker"],
  "edge-agent/window": [KIT, CONFIG, CONTRACT, "edge-agent/counter"],
  "edge-agent/outbox": [KIT, CONFIG, CONTRACT, "edge-agent/window"],
  "edge-agent/mqtt": [KIT, CONFIG, CONTRACT, "edge-agent/outbox"],
  "edge-agent/health": [
    KIT,
    CONFIG,
    CONTRACT,
    "edge-agent/camera",
    "edge-agent/camera-health",
    "edge-agent/detector",
    "edge-agent/outbox",
  ],
  "edge-agent/mot": [KIT, CONFIG, "edge-agent/detector", "edge-agent/tracker", "edge-agent/counter"],
  "edge-agent/replay": [KIT, CONFIG, CONTRACT, "edge-agent"],
  "edge-agent": [KIT, CONFIG, CONTRACT, "edge-agent"],

  "cloud-ingest/calendar.ts": [KIT],
  "cloud-ingest/config.ts": [KIT, CONFIG, CONTRACT, ...DRIVER_CONFIGS],
  "cloud-ingest/exposure.ts": [KIT, "cloud-ingest/config.ts", "cloud-ingest/loopback.ts"],
  "cloud-ingest/group-by.ts": [],
  "cloud-ingest/roles.ts": [KIT, "cloud-ingest/config.ts"],
  "cloud-ingest/loopback.ts": [],
  "cloud-ingest/zone": [KIT, "cloud-ingest/calendar.ts"],
  [TROUBLES]: [KIT],
  "cloud-ingest/bus/port.ts": [],
  "cloud-ingest/bus": [KIT, ...CLOUD_BASE, TROUBLES, "cloud-ingest/inbox", "cloud-ingest/pubsub"],
  "cloud-ingest/inbox": [KIT, TROUBLES, BUS_PORT],
  "cloud-ingest/pubsub": [KIT, CONTRACT, TROUBLES, BUS_PORT, "cloud-ingest/inbox"],
  "cloud-ingest/broker": [KIT, CONFIG, CONTRACT, ...CLOUD_BASE, TROUBLES, BUS_PORT],
  "cloud-ingest/warehouse": [KIT, CONFIG, CONTRACT, ...CLOUD_BASE, TROUBLES, BUS_PORT],
  "cloud-ingest/ingest": [
    KIT,
    CONTRACT,
    TROUBLES,
    BUS_PORT,
    PORT,
    QUARANTINE_PORT,
    ROW_PORT,
    "cloud-ingest/group-by.ts",
    "cloud-ingest/registry/opening-hours.ts",
  ],
  "cloud-ingest/rows": [
    KIT,
    CONTRACT,
    "cloud-ingest/group-by.ts",
    BUS_PORT,
    PORT,
    ROW_PORT,
    SOURCE_ROWS,
    "cloud-ingest/ingest/row-judge.ts",
    "cloud-ingest/registry",
  ],
  "cloud-ingest/ledger": [KIT, TROUBLES, BUS_PORT, PORT, QUARANTINE_PORT],
  "cloud-ingest/operator": [
    KIT,
    CONTRACT,
    ...CLOUD_BASE,
    TROUBLES,
    "cloud-ingest/alerts",
    "cloud-ingest/bus",
    "cloud-ingest/ingest",
    "cloud-ingest/jobs",
    "cloud-ingest/ledger",
    "cloud-ingest/registry",
    "cloud-ingest/rows",
    "cloud-ingest/warehouse",
  ],
  "cloud-ingest/online": [KIT, ...CLOUD_BASE, "cloud-ingest/roles.ts", "cloud-ingest/pubsub", "cloud-ingest/warehouse"],
  "cloud-ingest/alerts": [
    KIT,
    CONFIG,
    CONTRACT,
    ...CLOUD_BASE,
    BUS_PORT,
    PORT,
    ALERT_PORT,
    DERIVED_PORT,
    "cloud-ingest/warehouse/presence.ts",
    "cloud-ingest/registry",
  ],
  "cloud-ingest/registry": [KIT, CONFIG, CONTRACT, "cloud-ingest/calendar.ts", "cloud-ingest/config.ts"],
  "cloud-ingest/quality": [KIT, "cloud-ingest/calendar.ts", "cloud-ingest/registry"],
  "cloud-ingest/cluster": [KIT, "cloud-ingest/calendar.ts", "cloud-ingest/quality"],
  "cloud-ingest/forecast": [
    KIT,
    "cloud-ingest/calendar.ts",
    "cloud-ingest/group-by.ts",
    "cloud-ingest/registry",
    "cloud-ingest/quality",
  ],
  "cloud-ingest/jobs": [
    KIT,
    CONFIG,
    CONTRACT,
    ...CLOUD_BASE,
    TROUBLES,
    PORT,
    "cloud-ingest/alerts/port.ts",
    "cloud-ingest/cluster",
    "cloud-ingest/forecast",
    "cloud-ingest/quality",
    "cloud-ingest/registry",
    DERIVED_PORT,
    ROW_PORT,
    CLEAN_TRAFFIC,
  ],
  "cloud-ingest/report": [KIT, CONTRACT, ...CLOUD_BASE, PORT, DERIVED_PORT, ALERT_PORT],
  "cloud-ingest/dashboards/html.ts": ["firmware-config/kit/visible-text.ts"],
  "cloud-ingest/dashboards/text": [
    "cloud-ingest/dashboards/html.ts",
    "cloud-ingest/report",
    "firmware-config/contract/view.ts",
  ],
  "cloud-ingest/dashboards/chart": [
    "cloud-ingest/dashboards/html.ts",
    "cloud-ingest/dashboards/text",
    "cloud-ingest/report",
  ],
  "cloud-ingest/dashboards": [
    KIT,
    CONTRACT,
    ...CLOUD_BASE,
    PORT,
    DERIVED_PORT,
    ALERT_PORT,
    CLEAN_TRAFFIC,
    "cloud-ingest/report",
  ],
  "cloud-ingest/server": [
    KIT,
    CONTRACT,
    ...CLOUD_BASE,
    TROUBLES,
    "cloud-ingest/warehouse",
    "cloud-ingest/jobs/job-stats.ts",
    "cloud-ingest/rows/intake.ts",
    "cloud-ingest/report",
    "cloud-ingest/dashboards",
  ],
  "cloud-ingest": [KIT, CONFIG, CONTRACT, "cloud-ingest"],

  "deploy/setup": [KIT],
  "deploy/generate": [
    KIT,
    CONFIG,
    CONTRACT,
    "cloud-ingest/config.ts",
    "cloud-ingest/registry/registry-config.ts",
    "cloud-ingest/alerts/rules",
  ],
  "deploy/demo": [KIT, CONFIG, ...CLOUD_BASE, PORT, "cloud-ingest/alerts/rules", "deploy/setup"],
  "deploy/cli": [KIT, CONFIG, CONTRACT, "models", "edge-agent", "cloud-ingest", "deploy/setup", "deploy/demo"],
};

const SOURCES = ["firmware-config", "models", "edge-agent", "cloud-ingest", "deploy"];

const isIn = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

/** The longest name of the table that `file` belongs to. */
function placeOf(file: string): string | undefined {
  return Object.keys(MAY_IMPORT)
    .filter((place) => isIn(file, place))
    .sort((a, b) => b.length - a.length)[0];
}

function isAllowed({ from, to }: Import): boolean {
  const place = placeOf(from);
  return place !== undefined && (isIn(to, place) || (MAY_IMPORT[place] ?? []).some((allowed) => isIn(to, allowed)));
}

describe("layers", () => {
  test("no file imports what its folder must not know", () => {
    const imports = importsBelow(PACKAGE_ROOT, SOURCES);
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.filter((found) => !isAllowed(found))).toEqual([]);
  });

  test.each([
    { name: "a later stage", from: "edge-agent/camera/port.ts", text: 'import { a } from "../tracker/tracks.ts";' },
    { name: "the wiring above", from: "edge-agent/camera/port.ts", text: 'import { a } from "../birth.ts";' },
    {
      name: "the cloud from the edge",
      from: "edge-agent/agent.ts",
      text: 'import type { A } from "../cloud-ingest/a.ts";',
    },
    {
      name: "the edge from the cloud",
      from: "cloud-ingest/cloud.ts",
      text: 'const a = await import("../edge-agent/a.ts");',
    },
    { name: "the wiring of the cloud", from: "cloud-ingest/warehouse/port.ts", text: 'import "../cloud.ts";' },
    {
      name: "a driver, past its port",
      from: "cloud-ingest/jobs/job.ts",
      text: 'import { a } from "../warehouse/duckdb/open.ts";',
    },
    { name: "out of the base", from: "firmware-config/kit/log.ts", text: 'import { a } from "../config/device.ts";' },
    { name: "a folder that the table lacks", from: "edge/new.ts", text: 'import { a } from "./other.ts";' },
  ])("would find an import of $name", ({ from, text }) => {
    expect(importsOf(from, text).filter((found) => !isAllowed(found))).toHaveLength(1);
  });
});
