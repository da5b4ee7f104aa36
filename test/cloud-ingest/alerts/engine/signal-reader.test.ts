import { describe, expect, test } from "vitest";
import { HealthMemory } from "../../../../cloud-ingest/alerts/engine/health-memory.ts";
import { type DeviceReading, measureDevice } from "../../../../cloud-ingest/alerts/engine/reading.ts";
import { SignalReader } from "../../../../cloud-ingest/alerts/engine/signal-reader.ts";
import type { SignalName } from "../../../../cloud-ingest/alerts/rules/signals.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { aRun } from "../../../support/job-run.ts";
import { healthRow, MINUTE, reading, START } from "./fleet.ts";

const TIME = { nowMs: START, listeningMs: START - 3_600_000, tickMs: MINUTE };
const GINZA = { tenant: "acme", store: "ginza", name: "Ginza", timeZone: "Asia/Tokyo" };
const CAM = { tenant: "acme", store: "ginza", device: "ginza-1" };

const values = (one: DeviceReading, signal: SignalName) =>
  measureDevice(one, TIME)(signal)?.values.map(({ value }) => value);
const said = (memory: HealthMemory) => reading("ginza-1", START, { health: memory.of(CAM)! });

describe("what a device says", () => {
  test("two devices with one identity are told from one that restarts", () => {
    const see = (boots: string) => {
      const memory = new HealthMemory();
      for (const [minute, boot] of [...boots].entries())
        memory.see([
          healthRow("ginza-1", START - (boots.length - minute) * MINUTE, { bootId: `boot-${boot}`, seq: minute }),
        ]);
      return [values(said(memory), "bootReturns"), values(said(memory), "restarts")];
    };
    expect(see("aaaa")).toEqual([[0], [0]]);
    expect(see("aabbcc")).toEqual([[0], [2]]);
    expect(see("ababa")).toEqual([[3], [2]]);
  });

  test("a backlog says nothing of now, an hour ago neither, and the same message is one", () => {
    const memory = new HealthMemory();
    memory.see([healthRow("ginza-1", START - 2 * MINUTE, { bootId: "boot-new", seq: 1 })]);
    memory.see([healthRow("ginza-1", START - MINUTE, { bootId: "boot-old", historical: true, seq: 9 })]);
    memory.see([healthRow("ginza-1", START - 2 * MINUTE, { bootId: "boot-new", seq: 1 })]);
    expect(memory.of(CAM)).toMatchObject({ last: { bootId: "boot-new" }, restarts: 0, bootReturns: 0 });
    expect(memory.of(CAM)).not.toHaveProperty("before");
  });

  test("what has grown since the message before: counts given up, frames dropped; not over a restart", () => {
    const cameras = (frames: number, droppedFrames: number) => [
      { id: "c", status: "ok", fps: 8, frames, droppedFrames },
    ];
    const row = (seq: number, dropped: number, over: object) =>
      healthRow("ginza-1", START - (10 - seq) * MINUTE, { seq, numbers: { outboxDropped: dropped } as never, ...over });
    const memory = new HealthMemory();
    memory.see([row(1, 5, { cameras: cameras(100, 100) })]);
    expect(values(said(memory), "outboxLost")).toBeUndefined();
    memory.see([row(2, 7, { cameras: cameras(120, 180) })]);
    expect(values(said(memory), "outboxLost")).toEqual([2]);
    expect(values(said(memory), "droppedPercent")).toEqual([80]);
    memory.see([row(3, 0, { bootId: "boot-other", cameras: cameras(1, 1) })]);
    expect(values(said(memory), "outboxLost")).toBeUndefined();
    expect(values(said(memory), "droppedPercent")).toBeUndefined();
  });

  test("what it does not say is no evidence: no sensor, no camera, too long ago", () => {
    const last = healthRow("ginza-1", START - 5_000, { numbers: { temperatureC: undefined } as never });
    const silent = reading("ginza-1", START, { health: { last, restarts: 0, bootReturns: 0 } });
    for (const signal of [
      "temperatureC",
      "cameraStatus",
      "cameraView",
      "cameraFps",
      "droppedPercent",
      "quality",
      "silentChance",
    ] as const)
      expect([signal, values(silent, signal)]).toEqual([signal, undefined]);
    const old = healthRow("ginza-1", START - 11 * MINUTE);
    const gone = reading("ginza-1", START, { health: { last: old, restarts: 0, bootReturns: 0 } });
    expect(values(gone, "diskFreeMb")).toBeUndefined();
    expect(values(gone, "healthAgeS")).toEqual([660]);
  });

  test("its clock beside ours, and whether it knows it", () => {
    const ts = new Date(START - 400_000).toISOString();
    const last = healthRow("ginza-1", START - 5_000, { ts, clockSynced: false });
    const late = reading("ginza-1", START, { health: { last, restarts: 0, bootReturns: 0 } });
    expect([values(late, "clockOffsetS"), values(late, "clockSynced")]).toEqual([[395], ["no"]]);
  });
});

describe("what is read of all", () => {
  const record = (device: string, lastSeenAt: string, store = "ginza") => ({
    ...{ tenant: "acme", store, device, bootId: "b", bootNumber: 1, bootStartedAt: "", bootAt: "", olderBoots: "" },
    ...{ online: true, stopped: false, stateSeq: 1, stateAt: "", lastDataAt: lastSeenAt, lastSeenAt, birthTs: "" },
    ...{ agentVersion: "1", modelName: "m", cameras: "[]" },
  });
  const flag = (over: object) => ({
    ...{
      tenant: "acme",
      store: "ginza",
      businessDate: "2026-02-20",
      deviceId: "ginza-1",
      cameraId: "c",
      targetKind: "line",
    },
    ...{
      targetId: "door",
      measure: "in",
      localFrom: "2026-02-20T10:00:00",
      localTo: "2026-03-02T00:00:00",
      kind: "device",
    },
    ...{ rule: "drift", ruleVersion: 1, confidence: 0.9, evidence: "", ...over },
  });
  const setUp = (devices: readonly (typeof CAM)[] = []) => {
    const warehouse = new FakeWarehouse();
    warehouse.records = [record("ginza-1", new Date(START - 5_000).toISOString()), record("x-1", "", "not-ours")];
    return { warehouse, reader: new SignalReader({ store: warehouse, stores: [GINZA], devices }) };
  };

  test("are the devices of the configuration's stores; of its devices, where it names any", async () => {
    const { reader } = setUp();
    expect((await reader.read(START, () => true)).map(({ subject }) => subject.device)).toEqual(["ginza-1"]);
    const named = setUp([{ ...CAM, device: "ginza-9" }]);
    // Of the configuration and never heard of: a name, and no evidence but that.
    const [never, ...rest] = await named.reader.read(START, () => true);
    expect(rest).toEqual([]);
    expect(never).toMatchObject({ subject: { ...CAM, device: "ginza-9" }, presence: "never" });
    const signals = ["neverHeardS", "offlineS", "presence", "healthAgeS"] as const;
    expect(signals.map((signal) => never && values(never, signal))).toEqual([[3_600], undefined, ["never"], undefined]);
    const both = setUp([CAM, { ...CAM, device: "ginza-9" }, { ...CAM, store: "none" }]);
    const found = await both.reader.read(START, () => true);
    expect(found.map((one) => [one.subject.device, values(one, "neverHeardS")])).toEqual([
      ["ginza-1", [0]],
      ["ginza-9", [3_600]],
    ]);
  });

  test("the quality job is believed once it has judged: what reaches into the last day counts, what it explained does not", async () => {
    const { warehouse, reader } = setUp();
    warehouse.derivedRows.set("quality_flag", [
      flag({}),
      flag({ rule: "shock", kind: "explained" }),
      flag({ rule: "dead", localTo: "2026-02-28T20:00:00" }),
    ]);
    expect((await reader.read(START, () => true))[0]).not.toHaveProperty("quality");
    const startedAt = new Date(START - 20 * MINUTE).toISOString();
    await warehouse.recordRun(aRun({ runId: "q1", job: "quality", startedAt, outcome: "ok" }));
    const [seen] = await reader.read(START, () => true);
    expect(seen?.quality).toMatchObject({
      judgedMs: START - 20 * MINUTE,
      flags: [{ rule: "drift", target: "c/door in" }],
    });
    // Mended: the next run has no flag, and that is good evidence.
    warehouse.derivedRows.set("quality_flag", []);
    await warehouse.recordRun(
      aRun({ runId: "q2", job: "quality", startedAt: new Date(START).toISOString(), outcome: "ok" }),
    );
    const [mended] = await reader.read(START, () => true);
    expect(mended && measureDevice(mended, TIME)("quality")).toEqual({ values: [], stampMs: START });
  });

  test("a time of receipt that is to come was heard now at the latest", async () => {
    const { warehouse, reader } = setUp();
    warehouse.records = [record("ginza-1", new Date(START + 3_600_000).toISOString())];
    expect((await reader.read(START, () => true))[0]?.heardMs).toBe(START);
  });
});
