import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { registerCalendarCommand } from "../../../deploy/cli/commands/calendar.ts";
import { registerCheckConfigCommand } from "../../../deploy/cli/commands/check-config.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { runCommand } from "./beside.ts";

const run = (...args: string[]) => runCommand([registerCalendarCommand, registerCheckConfigCommand], args);
const store = (tenant: string, name: string) =>
  `  - { tenant: ${tenant}, store: ${name}, name: x, timeZone: Asia/Tokyo }\n`;

async function configOf(registry: string) {
  const dir = await tempDir();
  await mkdir(join(dir, "registry"));
  const config = join(dir, "cloud.yaml");
  const stores = `${store("acme", "ginza")}${store("acme", "shop")}${store("bee", "shop")}`;
  await writeFile(config, `stores:\n${stores}registry: registry\n`);
  await writeFile(join(dir, "registry", "acme.yaml"), registry);
  return config;
}

const REGISTRY = `tenant: acme
places: [{ country: JP, region: "13" }]
hours: [{ week: { mon-sun: "10:00-20:00" } }]
days:
  - { on: 2026-01-01, closed: "New\\e[2J Year" }
`;

test("shows a date with who decided, and a stretch of dates as a table", async () => {
  const config = await configOf(REGISTRY);
  const one = await run("calendar", "show", "ginza", "2026-01-01", "--config", config);
  expect(one).toMatch(/^2026-01-01 Thu: closed\n/);
  expect(one).toMatch(/hours .*closed: New\\u001b\[2J Year.* tenant acme .*acme\.yaml:5/);
  expect(one).toMatch(/holiday .*元日.*holidays of JP-13/);
  const week = await run("calendar", "show", "acme/ginza", "2026-01-01", "--config", config, "--days", "5");
  expect(week).toMatch(/2026-01-01 .*Thu .*closed(.*\n)*.*2026-01-05 .*Mon .*10:00-20:00/);
  const days = JSON.parse(await run("calendar", "show", "ginza", "2026-01-02", "--config", config, "--json"));
  expect(days).toMatchObject([{ date: "2026-01-02", holiday: "New Year", hours: [{ from: 600, to: 1200 }] }]);
});

test("a store that is not known, or of two tenants, is said", async () => {
  const config = await configOf(REGISTRY);
  const show = (name: string, ...more: string[]) =>
    run("calendar", "show", name, "2026-01-01", "--config", config, ...more);
  await expect(show("gin")).rejects.toThrow("There is no store gin");
  await expect(show("shop")).rejects.toThrow("More than one tenant has a store shop");
  expect(await show("bee/shop")).toContain("The registry says nothing of this date");
  await expect(show("ginza", "--door", "back")).rejects.toThrow("no door back");
  await expect(run("calendar", "show", "ginza", "2026-02-30", "--config", config)).rejects.toThrow("YYYY-MM-DD");
});

test("check-config checks the registry too", async () => {
  const config = await configOf(`${REGISTRY}  - { on: 2026-13-01, closed: x }\n`);
  await expect(run("check-config", "--cloud", config)).rejects.toThrow(/acme\.yaml:6:\d+ days\[1\]\.on/);
  expect(await run("check-config", "--cloud", await configOf(REGISTRY))).toContain("valid");
});
