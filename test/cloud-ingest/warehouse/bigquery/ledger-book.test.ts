import { afterEach, expect, it, vi } from "vitest";
import { batch, quarantineRow } from "../rows.ts";
import { counted, faultRig } from "./fault-rig.ts";

const NOON = "2026-03-02T12:00:00Z";

afterEach(() => vi.useRealTimers());

it("the ledger goes by its numbers, though our clock went back between two batches", async () => {
  const { open, warehouse } = await faultRig();
  await warehouse.store(batch(1, { data: [counted(1)] }));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
  await warehouse.store(batch(2, { data: [counted(2)] }));
  const next = await open();
  expect(await next.lastStored("inbox")).toBe(2);
  expect(await next.ledger()).toEqual({ stored: 2, duplicate: 0, quarantined: 0 });
});

it("a replay of all that is in quarantine leaves none there in the ledger", async () => {
  const { warehouse } = await faultRig();
  await warehouse.store(batch(1, { quarantine: [quarantineRow(1, NOON)] }));
  expect(await warehouse.ledger()).toEqual({ stored: 0, duplicate: 0, quarantined: 1 });
  await warehouse.replay([{ messageId: "inbox:1", data: counted(1) }], NOON);
  expect(await warehouse.ledger()).toEqual({ stored: 1, duplicate: 0, quarantined: 0 });
});
