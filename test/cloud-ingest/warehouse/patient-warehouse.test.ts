import { expect, it, vi } from "vitest";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { PatientWarehouse } from "../../../cloud-ingest/warehouse/patient-warehouse.ts";
import type { Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { aRun } from "../../support/job-run.ts";
import { LogRecorder } from "../../support/log-recorder.ts";

const failure = (code: "DISK_FULL" | "CONFIG_INVALID" | "STORE_LOCKED") => new AppError("no", { code, hint: "Wait." });

/** Gives what is queued, one by one: a warehouse, or what is thrown. */
function rig(...results: (Warehouse | Error)[]) {
  const losses: (() => void)[] = [];
  const log = new LogRecorder();
  const troubles = new Troubles({ log, clock: systemClock });
  const open = async (onLost: () => void) => {
    losses.push(onLost);
    const [result] = results.splice(0, 1);
    if (result === undefined || result instanceof Error) throw result ?? new Error("nothing left");
    return result;
  };
  const stop = new AbortController();
  return { patient: new PatientWarehouse(open, troubles), losses, log, troubles, stop };
}

const METHODS = [
  ...["lastStored", "store", "ledger", "staleDates", "windowDates", "windowsSum", "unreadableDates", "rollUp"],
  ...["traffic", "devices", "lastSeen", "recordRun", "runs", "archive", "quarantineGroups", "pendingMessages"],
  ...["quarantinedMessage", "replay", "intakeBetween", "streamLedger", "strayMessages", "acceptDifference"],
  "acceptedDifferences",
] as const satisfies readonly (keyof Warehouse)[];

/** Answers each call with its name and what it was asked. */
const echo = new Proxy(new FakeWarehouse(), {
  get: (_, name) => (name === "then" ? undefined : async (...asked: readonly unknown[]) => [name, ...asked]),
});

it.each(METHODS)("hands %s on as it was asked, and its answer back", async (name) => {
  const { patient } = rig(echo);
  const call = () => Reflect.apply(Reflect.get(patient, name), patient, ["a", "b", "c", "d"]);
  await expect(call()).rejects.toThrow("The warehouse is not open yet");
  await patient.start();
  expect(await call()).toEqual([name, "a", "b", "c", "d"]);
});

it("fails each call with the reason until it is open", async () => {
  const { patient, log, troubles, stop } = rig(failure("DISK_FULL"), failure("DISK_FULL"), new FakeWarehouse());
  await patient.start();
  expect(troubles.list()).toMatchObject([{ code: "warehouse-down", text: "DISK_FULL: Wait." }]);
  await expect(patient.ledger()).rejects.toMatchObject({ code: "DISK_FULL" });
  await expect(patient.runs(1)).rejects.toMatchObject({ code: "DISK_FULL" });
  const running = patient.run(stop.signal);
  await vi.waitFor(async () => expect(await patient.runs(1)).toEqual([]), 20_000);
  expect(troubles.list()).toEqual([]);
  expect(log.lines).toHaveLength(2);
  stop.abort();
  await running;
});

it("does not wait for what no waiting mends", async () => {
  await expect(rig(failure("CONFIG_INVALID")).patient.start()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  const { patient, troubles } = rig(failure("STORE_LOCKED"));
  await expect(patient.start()).rejects.toMatchObject({ code: "STORE_LOCKED" });
  expect(troubles.list()).toEqual([]);
});

it("says nothing of a warehouse that opens at once, and closes it", async () => {
  const warehouse = new FakeWarehouse();
  const close = vi.spyOn(warehouse, "close");
  const { patient, log } = rig(warehouse);
  await patient.close();
  await patient.start();
  await patient.close();
  expect([close.mock.calls.length, log.lines]).toEqual([1, []]);
});

it("stops at once while it waits for the next try, and opens nothing more", async () => {
  const { patient, losses, stop } = rig(failure("DISK_FULL"), new FakeWarehouse());
  await patient.start();
  const running = patient.run(stop.signal);
  stop.abort();
  await running;
  expect(losses).toHaveLength(1);
  await expect(patient.ledger()).rejects.toMatchObject({ code: "DISK_FULL" });
});

it("waits on after an error that nobody knows", async () => {
  const { patient, stop } = rig(new Error("strange"), new FakeWarehouse());
  await patient.start();
  const running = patient.run(stop.signal);
  await vi.waitFor(() => patient.ledger(), 20_000);
  stop.abort();
  await running;
});

it("closes what was lost and opens it again", async () => {
  const old = new FakeWarehouse();
  const next = new FakeWarehouse();
  const close = vi.spyOn(old, "close");
  const { patient, losses, troubles, stop } = rig(old, next);
  await patient.start();
  const running = patient.run(stop.signal);
  losses[0]?.();
  await expect(patient.ledger().then(() => patient.ledger())).rejects.toMatchObject({
    ...{ code: "STORE_CORRUPT", retryable: true, message: "A file of the warehouse is damaged and is rescued" },
  });
  const hint = "Wait: what can be read is rescued, and the inbox serves again what is missing.";
  expect(troubles.list()).toMatchObject([{ code: "warehouse-down", text: `STORE_CORRUPT: ${hint}` }]);
  await vi.waitFor(async () => {
    await patient.recordRun(aRun());
    expect(next.recorded).toHaveLength(1);
  }, 20_000);
  expect([close.mock.calls.length, troubles.list()]).toEqual([1, []]);
  stop.abort();
  await running;
});
