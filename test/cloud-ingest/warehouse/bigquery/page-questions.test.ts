import { expect, it } from "vitest";
import { loadStoreReport } from "../../../../cloud-ingest/report/load-store-report.ts";
import { batch, SHIBUYA } from "../rows.ts";
import { counted, faultRig } from "./fault-rig.ts";

const DAY = "2026-03-02";
const NOON = new Date(`${DAY}T12:00:00Z`);

it("a store's page asks once for its devices, and the next page asks again", async () => {
  const { fake, warehouse } = await faultRig();
  await warehouse.store(batch(1, { data: [counted(1, DAY), counted(2, DAY)] }));
  const page = () => loadStoreReport(warehouse, { store: SHIBUYA, now: NOON });
  const asked = () =>
    fake.rest.jobs().filter(({ usage }) => usage.some(({ table }) => table.reference.tableId === "presence")).length;
  const before = asked();
  expect((await page()).devices).toHaveLength(1);
  expect(asked() - before).toBe(1);
  await warehouse.store(
    batch(3, { data: [{ ...counted(3, DAY), identity: { ...counted(3).identity, device: "cam-2" } }] }),
  );
  expect((await page()).devices).toHaveLength(2);
  expect(asked() - before).toBe(2);
});

it("who asks again after a failure gets an answer, with the same wish too", async () => {
  const { fake, warehouse } = await faultRig();
  await warehouse.store(batch(1, { data: [counted(1, DAY)] }));
  const wish = {};
  fake.rest.faults.add("jobs.insert", { kind: "fail", code: 400 });
  await expect(warehouse.devices(SHIBUYA, wish)).rejects.toThrow();
  expect(await warehouse.devices(SHIBUYA, wish)).toHaveLength(1);
});
