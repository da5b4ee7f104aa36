import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Appenders } from "../../../../cloud-ingest/warehouse/bigquery/appenders.ts";
import type { Warehouse } from "../../../../cloud-ingest/warehouse/port.ts";
import type { EventMessage } from "../../../../firmware-config/contract/events.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";
import { aRun } from "../../../support/job-run.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import {
  batch,
  birthMessage,
  countsMessage,
  dataRow,
  healthMessage,
  presenceRow,
  quarantineRow,
  SHIBUYA,
} from "../rows.ts";
import { ALL, counted, expectOnce, faultRig, storedAtLast } from "./fault-rig.ts";

const AT = "2026-03-02T03:00:00.000Z";

function crossing(seq: number): EventMessage {
  const { v, deviceId, bootId, monotonicMs, clockSynced, historical } = countsMessage(seq, AT);
  const message = { v, deviceId, bootId, seq, ts: AT, monotonicMs, clockSynced, historical };
  return { ...message, kind: "events", cameraId: "front", eventKind: "crossing", targetId: "door", direction: "in" };
}

/** Of each kind one. */
const mixed = (number: number) =>
  batch(number, {
    data: [counted(number), dataRow(healthMessage(1_000 + number, AT)), dataRow(crossing(2_000 + number))],
    presence: [presenceRow(birthMessage(AT))],
    quarantine: [quarantineRow(number, AT)],
  });

/** Does what jobs and pages do, and gives what is thrown. */
async function failures(warehouse: Warehouse): Promise<readonly unknown[]> {
  const work = [
    async () => warehouse.rollUp(await warehouse.staleDates([SHIBUYA])),
    () => warehouse.archive(ALL.to),
    () => warehouse.settle(),
    () => warehouse.recordRun(aRun()),
    () => warehouse.traffic(SHIBUYA, ALL, "window"),
    () => warehouse.traffic(SHIBUYA, ALL, "hour"),
    () => warehouse.traffic(SHIBUYA, ALL, "day"),
    () => warehouse.devices(SHIBUYA),
    () => warehouse.quarantineGroups({}, 10),
    () => warehouse.acceptedDifferences(),
  ];
  const failed: unknown[] = [];
  for (const one of work) await one().catch((error) => failed.push(error));
  return failed;
}

describe("a table or view that somebody deleted", () => {
  it.each([
    ["counts", "events", "health"],
    ["traffic_hourly", "traffic_daily", "stale_quarter"],
    ["quarantine", "presence", "device", "quarantine_replay"],
    ["ledger", "job_run", "ledger_accepted"],
  ])("is made again and said, and all goes on: %s and others", async (...names) => {
    const { warehouse, table, troubles } = await faultRig();
    // On a day that nothing comes to later, so that nothing but the upkeep asks for it again.
    await warehouse.store(batch(1, { ...mixed(1), data: [counted(1, "2026-02-01"), ...mixed(1).data.slice(1)] }));
    await warehouse.rollUp(await warehouse.staleDates([SHIBUYA]));
    for (const name of names) await table(name).delete();
    await storedAtLast(warehouse, mixed(2));
    for (const error of await failures(warehouse)) expect(error).toMatchObject({ retryable: true });
    expect(await failures(warehouse)).toEqual([]);
    const said = troubles.list().filter(({ code }) => code === "warehouse-remade");
    expect(said.map(({ subject }) => subject).sort()).toEqual([...names].sort());
    expect(said.every(({ subject, text }) => text.includes(subject))).toBe(true);
    await storedAtLast(warehouse, mixed(3));
    if (names.includes("counts")) await expectLeft(warehouse);
    else await expectOnce(warehouse, [1, 2, 3]);
  });

  /** The counts of the deleted table are gone; the hours that were made of them stay. */
  async function expectLeft(warehouse: Warehouse): Promise<void> {
    await warehouse.rollUp(await warehouse.staleDates([SHIBUYA]));
    const ins = async (span: "window" | "hour") =>
      (await warehouse.traffic(SHIBUYA, ALL, span)).map((row) => row.in).sort();
    expect(await ins("window")).toEqual([2, 3]);
    expect(await ins("hour")).toEqual([1, 5]);
  }

  it.each(["v_counts", "v_quarantine", "v_traffic_hourly"])("%s is made again without an alarm", async (name) => {
    const { warehouse, table, troubles } = await faultRig();
    await warehouse.store(mixed(1));
    await table(name).delete();
    await failures(warehouse);
    await storedAtLast(warehouse, mixed(2));
    await expectOnce(warehouse, [1, 2]);
    expect(troubles.list()).toEqual([]);
  });

  it("stays gone where only the command may make tables: what to run is said", async () => {
    const { config, open, table } = await faultRig();
    Object.assign(config, { migrate: "by-command" });
    const warehouse = await open();
    await table("stale_quarter").delete();
    const [thrown] = await warehouse.store(mixed(1)).then(
      () => [],
      (error) => [error],
    );
    expect(thrown).toMatchObject({
      code: "WAREHOUSE_REFUSED",
      hint: expect.stringContaining("kazoe warehouse migrate"),
    });
    await expect(warehouse.staleDates([SHIBUYA])).rejects.toMatchObject({ code: "WAREHOUSE_REFUSED" });
  });

  it("is not made again in a dataset that is gone too: that is said", async () => {
    const { config, fake, warehouse } = await faultRig();
    fake.store.deleteDataset({ projectId: config.project, datasetId: config.dataset }, { withTables: true });
    await expect(warehouse.store(mixed(1))).rejects.toMatchObject({
      code: "WAREHOUSE_REFUSED",
      hint: expect.stringContaining(config.dataset),
    });
  });
});

describe("a schema that changes under the writer", () => {
  it("takes no notice of a column that somebody added", async () => {
    const { warehouse, table, troubles } = await faultRig();
    await warehouse.store(mixed(1));
    const [{ schema }] = await table("counts").getMetadata();
    await table("counts").setMetadata({ schema: { fields: [...schema.fields, { name: "mine", type: "STRING" }] } });
    expect((await storedAtLast(warehouse, mixed(2))).thrown).toEqual([]);
    await expectOnce(warehouse, [1, 2]);
    expect(troubles.list()).toEqual([]);
  });

  it("adds a column that is gone", async () => {
    const { fake, config, warehouse, table } = await faultRig();
    await warehouse.store(mixed(1));
    const [{ schema, ...settings }] = await table("counts").getMetadata();
    const reference = { projectId: config.project, datasetId: config.dataset, tableId: "counts" };
    fake.store.deleteTable(reference);
    const fields = schema.fields.filter(({ name }: { readonly name: string }) => name !== "dwell_s");
    fake.store.createTable(reference, { ...settings, schema: { fields } });
    const { thrown } = await storedAtLast(warehouse, mixed(2));
    expect(thrown).toMatchObject([{ retryable: true, message: expect.stringContaining("counts") }]);
    await expectOnce(warehouse, [2]);
  });

  it("says which column has another type, and changes nothing", async () => {
    const { fake, config, warehouse, table } = await faultRig();
    await warehouse.store(mixed(1));
    const [{ schema, ...settings }] = await table("counts").getMetadata();
    const reference = { projectId: config.project, datasetId: config.dataset, tableId: "counts" };
    fake.store.deleteTable(reference);
    const fields = schema.fields.map((field: { readonly name: string }) =>
      field.name === "visits" ? { ...field, type: "STRING" } : field,
    );
    fake.store.createTable(reference, { ...settings, schema: { fields } });
    await expect(warehouse.store(mixed(2))).rejects.toMatchObject({
      code: "WAREHOUSE_REFUSED",
      message: expect.stringContaining("visits"),
    });
    expect(fake.store.table(reference).fields.find(({ name }) => name === "visits")?.type).toBe("STRING");
  });
});

describe("credentials", () => {
  it("that are not there at first are found as soon as they are", async () => {
    const { config } = await faultRig();
    const { emulator: _, ...real } = config;
    const file = join(await tempDir(), "key.json");
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
    onTestFinished(() => void vi.unstubAllEnvs());
    const appenders = new Appenders(real, { answerMs: 2_000, refusal: async (error) => error });
    onTestFinished(() => appenders.close());
    const tried = () =>
      appenders.append("job_run", [{ job: "a" }]).then(
        () => undefined,
        (error: unknown) => error,
      );
    const hint = expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS");
    expect(await tried()).toMatchObject({ code: "WAREHOUSE_REFUSED", hint });
    await writeFile(
      file,
      JSON.stringify({ type: "authorized_user", client_id: "a", client_secret: "b", refresh_token: "c" }),
    );
    const error = await tried();
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ message: expect.not.stringContaining("key.json") });
    await rm(file);
  });

  it.each([401, 403])(
    "that BigQuery refuses with %i are said with what to do, and used again after that",
    async (code) => {
      const { fake, warehouse } = await faultRig();
      fake.rest.faults.add("jobs.insert", { kind: "fail", code, message: "planned" });
      await expect(warehouse.ledger()).rejects.toMatchObject({ code: "WAREHOUSE_REFUSED", retryable: false });
      expect(await warehouse.ledger()).toEqual({ stored: 0, duplicate: 0, quarantined: 0 });
    },
  );
});

it("a statement that BigQuery calls invalid lets us look at the dataset once, and not each time", async () => {
  const { fake, warehouse } = await faultRig();
  const looks = () => fake.rest.faults.calls("tables.list");
  const before = looks();
  fake.rest.faults.add("jobs.insert", { kind: "fail", code: 400 }, { times: 3 });
  for (let n = 0; n < 3; n += 1) await expect(warehouse.ledger()).rejects.toBeInstanceOf(AppError);
  expect(looks() - before).toBe(1);
});
