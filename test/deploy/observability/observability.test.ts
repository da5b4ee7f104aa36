import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import Type from "typebox";
import { expect, test } from "vitest";
import { parse } from "yaml";
import {
  JOB_RUNS,
  REFUSED,
  STORE_SILENCE,
  TROUBLE,
  VITAL_COUNTERS,
  VITAL_GAUGES,
} from "../../../cloud-ingest/server/metric-list.ts";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { SchemaCheck } from "../../../firmware-config/kit/schema-check.ts";
import { isInstalled } from "../../support/processes.ts";

const DIR = join(PACKAGE_ROOT, "deploy", "observability");
const run = promisify(execFile);
const read = (...path: string[]) => readFile(join(DIR, ...path), "utf8");

const hasPromtool = await isInstalled("promtool", "--version");
const hasAmtool = await isInstalled("amtool", "--version");
if (!hasPromtool) console.warn("skipped: rules of Prometheus need promtool (Debian: prometheus)");
if (!hasAmtool) console.warn("skipped: routes of Alertmanager need amtool (Debian: prometheus-alertmanager)");

const METRICS = [...VITAL_COUNTERS, ...VITAL_GAUGES, REFUSED, JOB_RUNS, TROUBLE, STORE_SILENCE].map(({ name }) => name);

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
const rules: readonly Rule[] = parse(await read("kazoe.rules.yml")).groups.flatMap(
  ({ rules: own }: { rules: Rule[] }) => own,
);

/** Of the dashboard's own choice. */
const PROMETHEUS = "$" + "{datasource}";

const Grafana = Type.Object({
  uid: Type.String({ minLength: 1, maxLength: 40 }),
  title: Type.String({ minLength: 1 }),
  schemaVersion: Type.Integer({ minimum: 36 }),
  templating: Type.Object({ list: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })) }),
  panels: Type.Array(
    Type.Object({
      id: Type.Integer({ minimum: 1 }),
      type: Type.Enum(["timeseries", "stat"]),
      title: Type.String({ minLength: 1 }),
      datasource: Type.Object({ type: Type.Literal("prometheus"), uid: Type.Literal(PROMETHEUS) }),
      gridPos: Type.Object({
        ...{ x: Type.Integer({ minimum: 0, maximum: 23 }), y: Type.Integer({ minimum: 0 }) },
        ...{ w: Type.Integer({ minimum: 1, maximum: 24 }), h: Type.Integer({ minimum: 1 }) },
      }),
      targets: Type.Array(Type.Object({ refId: Type.String(), expr: Type.String({ minLength: 1 }) }), { minItems: 1 }),
    }),
    { minItems: 1 },
  ),
});
const dashboard: unknown = JSON.parse(await read("grafana", "kazoe.json"));

const namesIn = (text: string) => [...text.matchAll(/\bkazoe[_:][a-z0-9_:]+/g)].map(([name]) => name);

test("no rule, test or panel asks for a metric that there is not", async () => {
  const recorded = rules.flatMap(({ record }) => record ?? []);
  const known = new Set([...METRICS, ...recorded]);
  const texts = [...rules.map(({ expr }) => expr), JSON.stringify(dashboard)];
  const asked = texts.flatMap(namesIn);
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test("every metric is explained, and no other", async () => {
  const listed = [...(await read("README.md")).matchAll(/^\| `(kazoe_\w+)` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...METRICS].sort());
});

test("every alert has a severity, a consequence and a first step", () => {
  for (const { alert, labels, annotations } of rules.filter((rule) => rule.alert)) {
    expect([alert, labels?.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket|none)$/)]);
    expect([alert, annotations]).toEqual([alert, { summary: expect.any(String), runbook: expect.any(String) }]);
  }
});

test("the dashboard is one that Grafana takes", () => {
  const form = new SchemaCheck(Grafana);
  expect(form.check(dashboard) || form.faultOf(dashboard)).toBe(true);
  const { panels } = dashboard as Type.Static<typeof Grafana>;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
});

test.runIf(hasPromtool)(
  "promtool: rules and configuration are valid, and the rules do what their tests say",
  async () => {
    for (const args of [
      ["check", "rules", "kazoe.rules.yml"],
      ["test", "rules", "kazoe.rules.test.yml"],
      ["check", "config", "prometheus.yml"],
    ])
      expect((await run("promtool", args, { cwd: DIR })).stdout).toContain("SUCCESS");
    const tested = await read("kazoe.rules.test.yml");
    const untested = rules.flatMap(({ alert }) => (alert && !tested.includes(`alertname: ${alert}`) ? [alert] : []));
    // A bare threshold, or nothing to test.
    expect(untested.sort()).toEqual(["KazoeInboxGrows", "KazoeMemory", "KazoeTrouble", "KazoeWatchdog"]);
  },
);

test.runIf(hasAmtool)("amtool: routes are valid, and a page wakes who is on call", async () => {
  expect((await run("amtool", ["check-config", "alertmanager.yml"], { cwd: DIR })).stdout).toContain("SUCCESS");
  const route = (...labels: string[]) =>
    run("amtool", ["config", "routes", "test", "--config.file=alertmanager.yml", ...labels], { cwd: DIR });
  expect((await route("severity=page", "alertname=KazoeDown")).stdout.trim()).toBe("on-call");
  expect((await route("severity=ticket", "alertname=KazoeStoreSilent")).stdout.trim()).toBe("tickets");
  expect((await route("severity=none", "alertname=KazoeWatchdog")).stdout.trim()).toBe("dead-mans-switch");
});

test("the README names every file", async () => {
  const readme = await read("README.md");
  for (const file of await readdir(DIR, { recursive: true }))
    if (/\.(yml|json)$/.test(file)) expect(readme).toContain(`\`${file}\``);
});
