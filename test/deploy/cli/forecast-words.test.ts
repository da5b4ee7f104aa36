import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VERSION } from "../../../cloud-ingest/forecast/fit.ts";
import { Artefacts } from "../../../cloud-ingest/jobs/forecast/artefacts.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { registerExperimentsCommand } from "../../../deploy/cli/commands/experiments.ts";
import { registerForecastCommand } from "../../../deploy/cli/commands/forecast.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { NEVER } from "../../support/quiet-jobs.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { PLACES, runCommand } from "./beside.ts";

const STORE = { tenant: "acme", store: "shibuya", name: "Shibuya", timeZone: "Asia/Tokyo" };
const DATE = "2026-03-02";
const explain = (...args: string[]) => runCommand([registerForecastCommand], ["forecast", "explain", ...args]);
const experiments = (...args: string[]) => runCommand([registerExperimentsCommand], ["experiments", ...args]);

async function folder() {
  const dir = await tempDir();
  const config = join(dir, "cloud.yaml");
  const names = ["rollUp", "archive", "quality", "forecast", "today", "renewForecast", "cluster"];
  const jobs = `jobs: { ${names.map((name) => `${name}: "${NEVER}"`).join(", ")} }`;
  await writeFile(
    config,
    `stores:\n  - ${JSON.stringify(STORE)}\nregistry: registry.yaml\n${jobs}\nbroker: { port: 0 }\nhttp: { port: 0 }\nlogLevel: error\n`,
  );
  const days = `days: [{ on: ${DATE}, holiday: Spring Day }]`;
  await writeFile(join(dir, "registry.yaml"), `tenant: acme\n${days}\nstores: { shibuya: {} }\n`);
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  const day = {
    ...{ tenant: "acme", store: "shibuya", businessDate: DATE, place: "", step: "day", localStart: `${DATE}T00:00:00` },
    ...{ yhat: 120, lo80: 100, hi80: 140, lo95: 90, hi95: 150, model: "ridge 1", artefact: "a" },
    ...{ madeAt: "2026-03-01T19:00:00.000Z", parts: JSON.stringify({ level: 90, weekday: 10, holiday: 20 }) },
  };
  const past = {
    counted: 60,
    missingHours: 5,
    repairedHours: 0,
    isUsual: false,
    reasons: [{ reason: "device", people: -60 }],
  };
  await warehouse.addDerived("forecast", [
    day,
    { ...day, step: "past", parts: JSON.stringify(past) },
    { ...day, place: "north" },
  ]);
  await warehouse.close();
  return { config, dir };
}

describe.each(PLACES)("kazoe forecast explain $name", ({ place }) => {
  it("says why a day is high and why it was off, in both languages, as JSON and by door", async () => {
    const { config } = await folder();
    await place(config, async () => {
      const text = await explain("shibuya", DATE, "--config", config);
      expect(text).toContain(
        "Monday, 2 March 2026: 120 (100 to 140) people expected. An ordinary day 90, holiday or closure (Spring Day) +20, Mon +10.",
      );
      expect(text).toContain(
        "60 people; 120 (100 to 140) were expected. The difference: hours that were not counted −60.",
      );
      const japanese = await explain("acme/shibuya", DATE, "--config", config, "--lang", "ja");
      expect(japanese).toContain("店舗全体");
      expect(japanese).toContain("祝日・休業「Spring Day」 +20");
      const [first] = JSON.parse(await explain("shibuya", DATE, "--config", config, "--door", "north", "--json"));
      expect(first).toMatchObject({ place: "north", days: [{ date: DATE, yhat: 120 }], past: [] });
    });
  });

  it("says what there is not, and what to do", async () => {
    const { config } = await folder();
    await place(config, async () => {
      await expect(explain("shibuya", DATE, "--config", config, "--door", "no\u001b[2J")).rejects.toMatchObject({
        code: "USAGE",
        hint: "There are: the store, north.",
      });
      await expect(explain("shibuya", "2026-04-01", "--config", config)).rejects.toThrow(
        "no forecast of shibuya on 2026-04-01",
      );
      await expect(explain("nowhere", DATE, "--config", config)).rejects.toMatchObject({ code: "USAGE" });
    });
  });
});

it("kazoe experiments lists, compares and goes back; a model that is torn is not there", async () => {
  const { config, dir } = await folder();
  const models = join(dir, "data", "forecast");
  const artefacts = new Artefacts(models, new LogRecorder());
  expect(await experiments("list", "--config", config)).toContain("Nothing was learnt yet");
  const champion = { version: VERSION } as never;
  const about = { group: "acme-1", code: "0.1.0", dataHash: "ab".repeat(32), champion };
  const trial = {
    series: "shibuya/",
    days: 28,
    isRenewed: true,
    rival: { mean: 0.1, tail: 0.2 },
    incumbent: { mean: 0.12, tail: 0.3 },
  };
  const [one, two] = ["20260301T000000000Z-aaaaaaaa", "20260308T000000000Z-bbbbbbbb"];
  await artefacts.keep({
    ...about,
    id: one ?? "",
    madeAt: "2026-03-01T00:00:00.000Z",
    parameters: { places: 1 },
    trials: [],
  });
  await artefacts.keep({
    ...about,
    id: two ?? "",
    madeAt: "2026-03-08T00:00:00.000Z",
    parameters: { places: 2 },
    trials: [trial],
  });
  const list = await experiments("list", "--config", config);
  expect(list).toMatch(/20260308.*in force.*1 of 1.*10\.0 % \/ 12\.0 %/);
  expect(await experiments("compare", one ?? "", two ?? "", "--config", config)).toMatch(
    /9 of 10 days below.* - .*20\.0 %/,
  );
  expect(await experiments("use", one ?? "", "--config", config)).toContain(
    "acme-1: 20260301T000000000Z-aaaaaaaa is in force",
  );
  expect(JSON.parse(await experiments("list", "--config", config, "--json"))).toMatchObject([
    { isCurrent: false },
    { id: one, isCurrent: true },
  ]);
  await writeFile(join(models, "acme-1", `${two}.json`), "{}");
  await expect(experiments("use", two ?? "", "--config", config)).rejects.toThrow("There is no model");
  await expect(experiments("use", "../../etc", "--config", config)).rejects.toThrow("There is no model");
  expect(await readdir(models)).toEqual(["acme-1"]);
  await mkdir(join(dir, "elsewhere"));
  await symlink(join(dir, "elsewhere"), join(models, "acme-2"));
  const stray = {
    ...about,
    group: "acme-2",
    id: two ?? "",
    madeAt: "2026-03-08T00:00:00.000Z",
    parameters: {},
    trials: [],
  };
  await expect(artefacts.keep(stray)).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
  expect(await readdir(join(dir, "elsewhere"))).toEqual([]);
});
