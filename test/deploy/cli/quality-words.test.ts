import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { QUALITY } from "../../../cloud-ingest/jobs/quality/quality-job.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { registerQualityCommand } from "../../../deploy/cli/commands/quality.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { PLACES, runCommand } from "./beside.ts";

const run = (...args: string[]) => runCommand([registerQualityCommand], ["quality", ...args]);
const STORE = { tenant: "acme", store: "shibuya", name: "Shibuya", timeZone: "Asia/Tokyo" };
const DAY = { from: "2026-03-02", to: "2026-03-02" };
const RANGE = ["--from", DAY.from, "--to", DAY.to];

async function folder() {
  const dir = await tempDir();
  const config = join(dir, "cloud.yaml");
  const rare = "0 0 29 2 *";
  const jobs = `jobs: { rollUp: "${rare}", archive: "${rare}", quality: "${rare}" }`;
  await writeFile(
    config,
    `stores:\n  - ${JSON.stringify(STORE)}\n${jobs}\nbroker: { port: 0 }\nhttp: { port: 0 }\nlogLevel: error\n`,
  );
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  const about = { deviceId: "cam-1", cameraId: "street", targetKind: "line", targetId: "door", measure: "in" };
  const flag = {
    ...{ tenant: "acme", store: "shibuya", businessDate: DAY.from, ...about, kind: "device", rule: "dead" },
    ...{
      localFrom: `${DAY.from}T00:00:00`,
      localTo: "2026-03-03T00:00:00",
      ruleVersion: 1,
      confidence: 0.9,
      evidence: "{}",
    },
  };
  await warehouse.addDerived("quality_flag", [flag]);
  await warehouse.close();
  return { config, dir };
}

describe.each(PLACES)("the commands of quality $name", ({ place }) => {
  it("show flags, and keep the word of a person with name, time and reason", async () => {
    const { config, dir } = await folder();
    await place(config, async () => {
      expect(await run("flags", "acme/shibuya", "--config", config, ...RANGE)).toMatch(
        /device .* dead .*cam-1\/street\/door in.* 0\.90/,
      );
      const word = [
        "--config",
        config,
        "--device",
        "cam-1",
        "--from",
        DAY.from,
        "--note",
        "parade \u001b[2J",
        "--by",
        "anna",
      ];
      expect(await run("overrule", "acme/shibuya", ...word)).toContain("Noted");
      const { words } = JSON.parse(await run("flags", "acme/shibuya", "--config", config, ...RANGE, "--json"));
      expect(words).toMatchObject([{ verdict: "overrule", saidBy: "anna", localTo: "2026-03-03T00:00:00" }]);
      expect(Math.abs(Date.parse(words[0].saidAt) - Date.now())).toBeLessThan(60_000);
      expect(await run("flags", "acme/shibuya", "--config", config, ...RANGE)).toMatch(
        /overrule .*anna .*parade \\u001b/,
      );
    });
    const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
    expect((await warehouse.changedDates(QUALITY, [STORE])).work).toEqual([{ store: STORE, dates: [DAY.from] }]);
    await warehouse.close();
  });

  it("say what is wrong with the command line", async () => {
    const { config } = await folder();
    await place(config, async () => {
      await expect(run("flags", "acme/none", "--config", config)).rejects.toThrow("no store acme/none");
      const typo = ["--device", "cam-l", "--from", DAY.from, "--note", "x"];
      await expect(run("overrule", "acme/shibuya", "--config", config, ...typo)).rejects.toMatchObject({
        ...{ code: "USAGE", message: "acme/shibuya has no device cam-l", hint: "Heard of: cam-1." },
      });
      const long = ["--device", "cam-1", "--from", "2026-03-02", "--to", "9999-12-31", "--note", "x"];
      await expect(run("confirm", "acme/shibuya", "--config", config, ...long)).rejects.toMatchObject({
        code: "USAGE",
      });
    });
    await expect(run("flags", "acme/Shibuya", "--config", config)).rejects.toThrow("lower-case");
    await expect(run("flags", "shibuya", "--config", config)).rejects.toThrow("tenant/store");
    const word = ["overrule", "acme/shibuya", "--config", config, "--device", "cam-1"];
    await expect(run(...word, "--note", "x")).rejects.toThrow("Which dates");
    await expect(run(...word, "--note", "")).rejects.toThrow("1 to 400");
    await expect(run(...word, "--note", "x", "--from", "2026-03-02", "--to", "2026-03-01")).rejects.toThrow(
      "Which dates",
    );
  });
});
