import { describe, expect, it } from "vitest";
import type { AlertRow } from "../../../cloud-ingest/warehouse/alert-port.ts";
import type { Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import {
  BOOT,
  batch,
  CAM,
  countsMessage,
  dataRow,
  healthMessage,
  presenceRow,
  rollUp,
  SHIBUYA,
  stateMessage,
} from "./rows.ts";

interface Place {
  readonly store: () => Warehouse;
  readonly reopen: () => Promise<void>;
}

const ALL = { from: "2000-01-01T00:00:00.000Z", to: "2100-01-01T00:00:00.000Z" };

const transition = (number: number, over: Partial<AlertRow> = {}): AlertRow => ({
  ...{ eventId: `event ${number}`, number, at: `2026-03-02T01:00:0${number}.250Z` },
  ...{ tenant: CAM.tenant, store: CAM.store, device: CAM.device, rule: "device-offline", ruleVersion: "abc" },
  ...{ was: "ok", state: "suspect", since: "2026-03-02T00:59:00.000Z", until: null, alertId: "", notify: "" },
  ...{ details: '{"reason":"\\"東京\\""}', ...over },
});

/** What every warehouse must do for the alert engine. */
export function alertSuite({ store, reopen }: Place): void {
  describe("alerts", () => {
    it("are rows that are kept as they were written, each once, the last of each subject and rule at hand", async () => {
      const other = transition(2, { rule: "disk-full" });
      const ofStore = transition(3, { device: "", rule: "" });
      const second = transition(4, {
        was: "suspect",
        state: "firing",
        until: "2026-03-02T02:00:00.000Z",
        notify: "firing",
      });
      await store().addAlerts("alert", [transition(1), other]);
      await store().addAlerts("alert", [ofStore, second]);
      await store().addAlerts("alert", []);
      await reopen();
      expect(await store().lastAlerts()).toEqual([other, ofStore, second]);
      expect(await store().alerts("alert", ALL)).toEqual([transition(1), other, ofStore, second]);
      // What was in doubt is written again.
      await store().addAlerts("alert", [second]);
      expect(await store().lastAlerts()).toEqual([other, ofStore, second]);
      expect(await store().alerts("alert", ALL)).toHaveLength(4);
      const range = { from: "2026-03-02T01:00:02.000Z", to: "2026-03-02T01:00:03.250Z" };
      expect((await store().alerts("alert", range)).map(({ number }) => number)).toEqual([2, 3]);
    });

    it("forget what is old, but not how things stand", async () => {
      await store().addAlerts("alert", [transition(1), transition(2), transition(3, { rule: "disk-full" })]);
      const delivery = { deliveryId: "d", notificationId: "event 1", number: 1, sink: "mail", outcome: "delivered" };
      await store().addAlerts("alert_delivery", [{ ...delivery, at: "2026-03-02T01:00:00.000Z", details: "" }]);
      await store().forgetAlerts("2026-03-03T00:00:00Z");
      expect((await store().alerts("alert", ALL)).map(({ number }) => number)).toEqual([2, 3]);
      expect(await store().alerts("alert_delivery", ALL)).toEqual([]);
    });

    it("keep what became of notifications, and what people said", async () => {
      const delivery = {
        ...{ deliveryId: "d", notificationId: "event 1", number: 7, sink: "mail", at: "2026-03-02T01:00:00.000Z" },
        ...{ outcome: "delivered", details: "" },
      };
      const word = {
        ...{
          wordId: "w",
          saidAt: "2026-03-02T03:00:00.000Z",
          tenant: "acme",
          store: "shibuya",
          device: "",
          alertId: "a",
        },
        ...{ word: "silence", fromAt: "2026-03-02T03:00:00.000Z", untilAt: null, saidBy: "anna", note: "改装" },
      };
      await store().addAlerts("alert_delivery", [delivery]);
      await store().addAlerts("alert_word", [word]);
      await reopen();
      expect(await store().alerts("alert_delivery", ALL)).toEqual([delivery]);
      expect(await store().alerts("alert_word", ALL)).toEqual([word]);
    });

    it("see what devices said of themselves, by when it was received", async () => {
      const at = "2026-03-02T03:00:10.500Z";
      const health = { ...healthMessage(5, "2026-03-02T03:00:00Z"), temperatureC: null, outboxDepth: 12 };
      const later = { ...dataRow(healthMessage(6, "2026-03-02T03:01:00Z")), receivedAt: "2026-03-02T04:00:00Z" };
      await store().store(batch(1, { data: [{ ...dataRow(health), receivedAt: at }, later] }));
      const range = { from: "2026-03-02T02:45:00.000Z", to: "2026-03-02T03:00:11.000Z" };
      const [row, ...others] = await store().healthBetween(range);
      expect(others).toEqual([]);
      expect(row).toMatchObject({ ...CAM, bootId: BOOT, seq: 5, receivedAt: at, ts: "2026-03-02T03:00:00.000Z" });
      expect(row).toMatchObject({ clockSynced: health.clockSynced, historical: false, cameras: health.cameras });
      expect(row?.numbers).toMatchObject({ temperatureC: undefined, outboxDepth: 12, diskFreeMb: health.diskFreeMb });
      expect(await store().healthBetween(range, { tenant: CAM.tenant, store: CAM.store })).toEqual([row]);
      expect(await store().healthBetween(range, { tenant: CAM.tenant, store: "none" })).toEqual([]);
      // Archived health is the same.
      await store().archive("2026-03-02");
      expect(await store().healthBetween(range)).toEqual([row]);
    });

    it("know every device, the flags of all stores, and what each device counted by hour", async () => {
      await store().store(batch(1, { presence: [presenceRow(stateMessage("online", BOOT, "2026-03-02T01:00:00Z"))] }));
      const start = "2026-03-02T03:00:00Z";
      const rows = [1, 2].map((seq) =>
        dataRow(countsMessage(seq, start, { in: seq, out: 10, targetId: `door-${seq}` })),
      );
      await store().store(batch(2, { data: rows }));
      await rollUp(store(), SHIBUYA, ["2026-03-02"]);
      const [record] = await store().deviceRecords();
      expect(record).toMatchObject({ ...CAM, bootId: BOOT, online: true });
      expect(await store().hourTotals(["2026-03-01", "2026-03-02"], [SHIBUYA, { tenant: "x", store: "y" }])).toEqual([
        { ...CAM, businessDate: "2026-03-02", localStart: "2026-03-02T12:00:00", people: 23, observedS: 60 },
      ]);
      expect(await store().hourTotals([], [SHIBUYA])).toEqual([]);
      expect(await store().hourTotals(["2026-03-02"], [])).toEqual([]);
      expect(await store().hourTotals(["2026-03-02"], [{ tenant: "other", store: "shibuya" }])).toEqual([]);
      const flag = {
        ...{ tenant: "other", store: "umeda", businessDate: "2026-03-02", deviceId: "cam-1", cameraId: "c" },
        ...{ targetKind: "line", targetId: "door", measure: "in", localFrom: "2026-03-02T10:00:00" },
        ...{
          localTo: "2026-03-02T20:00:00",
          kind: "device",
          rule: "dead",
          ruleVersion: 1,
          confidence: 0.9,
          evidence: "",
        },
      };
      await store().addDerived("quality_flag", [flag]);
      expect(await store().flags({ from: "2026-03-01", to: "2026-03-02" })).toEqual([flag]);
      expect(await store().flags({ from: "2026-03-03", to: "2026-03-04" })).toEqual([]);
    });
  });
}
