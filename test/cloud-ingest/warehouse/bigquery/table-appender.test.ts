import { expect, it } from "vitest";
import { batch, quarantineRow } from "../rows.ts";
import { faultRig } from "./fault-rig.ts";

const NOON = "2026-03-02T12:00:00Z";
const MIB = 1024 * 1024;

it("rows of more than 8 MiB travel in several requests, each of them once", async () => {
  const { fake, warehouse } = await faultRig();
  const large = (number: number) => ({ ...quarantineRow(number, NOON), payload: "x".repeat(3.5 * MIB) });
  const before = fake.storage.faults.calls("AppendRows");
  await warehouse.store(batch(3, { quarantine: [large(1), large(2), large(3)] }));
  // Two of them, and the ledger.
  expect(fake.storage.faults.calls("AppendRows") - before).toBe(3);
  expect(await warehouse.quarantineGroups({}, 10)).toMatchObject([{ messages: 3 }]);
});
