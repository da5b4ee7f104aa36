import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeviceReading } from "../../../../cloud-ingest/alerts/engine/reading.ts";
import { Fleet, healthRow, MINUTE, RULES, reading, START } from "./fleet.ts";

const well =
  (...names: string[]) =>
  (nowMs: number) =>
    names.map((name) => reading(name, nowMs));
const ginza = ["ginza-1", "ginza-2"];

/** Devices of which some are silent since `sinceMs`. */
const silent = (all: readonly string[], gone: readonly string[], sinceMs: number) => (nowMs: number) =>
  all.map((name) => {
    if (!gone.includes(name)) return reading(name, nowMs);
    const last = healthRow(name, sinceMs);
    return reading(name, nowMs, {
      presence: "offline",
      heardMs: sinceMs,
      health: { last, restarts: 0, bootReturns: 0 },
    });
  });

const health =
  (name: string, over: object, extra: object = {}) =>
  (nowMs: number) => [
    reading(name, nowMs, {
      health: { last: healthRow(name, nowMs - 10_000, over), restarts: 0, bootReturns: 0, ...extra },
    }),
  ];

describe("one look at everything", () => {
  test("nothing is said of a fleet that is well", () => {
    const fleet = new Fleet();
    expect(fleet.told(well(...ginza, "umeda-1"), 30)).toEqual([]);
    expect(fleet.rows).toEqual([]);
  });

  test("a silent device is one alert, from when it was last heard until it is heard again", () => {
    const fleet = new Fleet();
    const all = [...ginza, "umeda-1"];
    expect(fleet.told(silent(all, ["ginza-1"], START), 15)).toEqual(["firing acme/ginza/ginza-1 device-offline"]);
    const backMs = fleet.nowMs;
    expect(fleet.told(well(...all), 5)).toEqual(["resolved acme/ginza/ginza-1 device-offline"]);
    const last = fleet.rows.findLast((row) => row.notify === "resolved");
    expect(last).toMatchObject({ since: new Date(START).toISOString(), until: new Date(backMs).toISOString() });
    expect(fleet.book.alerts).toEqual([]);
  });

  test("a silent store is one alert, not one for each device", () => {
    const fleet = new Fleet();
    const all = [...ginza, "umeda-1"];
    expect(fleet.told(silent(all, ginza, START), 30)).toEqual(["firing acme/ginza store-offline"]);
    // Both are still known to be ill, and why nobody is told.
    const muted = fleet.book.alerts.filter(({ subject }) => subject.device !== "").map((alert) => alert.muted);
    expect(muted).toEqual(["inhibited by store-offline", "inhibited by store-offline"]);
    expect(fleet.told(well(...all), 10)).toEqual(["resolved acme/ginza store-offline"]);
  });

  test("a silent broker is one alert, and what stays ill after it is told then", () => {
    const fleet = new Fleet();
    const all = [...ginza, "umeda-1", "umeda-2"];
    expect(fleet.told(silent(all, all, START), 20)).toEqual(["firing system system-silent"]);
    expect(fleet.told(silent(all, ["umeda-2"], START), 10)).toEqual([
      "resolved system system-silent",
      "firing acme/umeda/umeda-2 device-offline",
    ]);
  });

  test("inhibition holds over a restart, though the cause is looked at in the same moment", () => {
    const fleet = new Fleet();
    const all = [...ginza, "umeda-1"];
    fleet.told(silent(all, ginza, START), 30);
    fleet.kill();
    expect(fleet.told(silent(all, ginza, START), 10)).toEqual([]);
  });

  const absent =
    (heard: readonly string[], missing: readonly string[]) =>
    (nowMs: number): readonly DeviceReading[] => [
      ...heard.map((name) => reading(name, nowMs)),
      ...missing
        .map((name) => ({ ...reading(name, nowMs), ...{ presence: "never" as const, heardMs: 0 } }))
        .map(({ health: _, ...rest }) => rest),
    ];

  test("a device of the configuration that was never heard is one alert after an hour of listening, and its first word ends it", () => {
    const fleet = new Fleet();
    fleet.listeningMs = START;
    const all = absent([...ginza, "umeda-1"], ["umeda-2"]);
    expect(fleet.told(all, 60)).toEqual([]);
    expect(fleet.told(all, 5)).toEqual(["firing acme/umeda/umeda-2 never-heard"]);
    // A restart listens anew, which ends nothing and says nothing again.
    fleet.kill();
    fleet.listeningMs = fleet.nowMs;
    expect(fleet.told(all, 90)).toEqual([]);
    expect(fleet.told(well(...ginza, "umeda-1", "umeda-2"), 2)).toEqual(["resolved acme/umeda/umeda-2 never-heard"]);
  });

  test("a store, or a system, of which nothing was ever heard is one alert", () => {
    const store = new Fleet();
    store.listeningMs = START;
    expect(store.told(absent(ginza, ["umeda-1", "umeda-2"]), 70)).toEqual(["firing acme/umeda store-never-heard"]);
    expect(store.told(absent([...ginza, "umeda-1"], ["umeda-2"]), 10)).toEqual([
      "resolved acme/umeda store-never-heard",
      "firing acme/umeda/umeda-2 never-heard",
    ]);
    const system = new Fleet();
    system.listeningMs = START;
    expect(system.told(absent([], [...ginza, "umeda-1"]), 70)).toEqual(["firing system system-never-heard"]);
  });

  test("a room with the lights off is no ill camera", () => {
    const view = (word: string) => health("ginza-1", { cameras: [{ id: "door", status: "ok", view: word }] });
    expect(new Fleet().told(view("dark"), 30)).toEqual([]);
    const fleet = new Fleet();
    expect(fleet.told(view("black"), 5)).toEqual(["firing acme/ginza/ginza-1 camera-view"]);
    // Nor does the night mend one that is.
    expect(fleet.told(view("dark"), 30)).toEqual([]);
    expect(fleet.told(view("ok"), 5)).toEqual(["resolved acme/ginza/ginza-1 camera-view"]);
  });

  test("several things that are wrong are one alert; what is new is an update, what is old is not said again", () => {
    const fleet = new Fleet();
    const full = { numbers: { diskFreeMb: 10 } };
    expect(fleet.told(health("ginza-1", full), 6)).toEqual(["firing acme/ginza/ginza-1 disk-full"]);
    const both = health("ginza-1", { ...full, cameras: [{ id: "c", status: "lost" }] });
    expect(fleet.told(both, 10)).toEqual(["update acme/ginza/ginza-1 disk-full,camera-down"]);
    expect(fleet.told(health("ginza-1", full), 10)).toEqual([]);
    expect(fleet.told(both, 10)).toEqual([]);
    expect(fleet.told(well("ginza-1"), 80)).toEqual([]);
    // No camera, no evidence: it ends when the camera is seen to be well.
    const seen = health("ginza-1", { cameras: [{ id: "c", status: "ok", fps: 9 }] });
    expect(fleet.told(seen, 80)).toEqual(["resolved acme/ginza/ginza-1 camera-down"]);
  });

  test("weak evidence alone is no alert; together it is", () => {
    const fleet = new Fleet();
    const hot = { numbers: { temperatureC: 90 } };
    expect(fleet.told(health("ginza-1", hot), 15)).toEqual([]);
    const slow = { numbers: { temperatureC: 90, inferenceMs: 900 } };
    expect(fleet.told(health("ginza-1", slow), 15)).toEqual(["firing acme/ginza/ginza-1 hot,inference-slow"]);
  });

  test("what is never resolved by silence: a full disk of a device that is then gone", () => {
    const fleet = new Fleet();
    fleet.told(health("ginza-1", { numbers: { diskFreeMb: 10 } }), 6);
    const gone = silent(["ginza-1", "umeda-1"], ["ginza-1"], fleet.nowMs);
    expect(fleet.told(gone, 60)).toEqual(["update acme/ginza/ginza-1 device-offline,disk-full"]);
    expect(fleet.book.alerts[0]?.reasons.find(({ rule }) => rule === "disk-full")?.state).toBe("unknown");
    // Heard again with a good disk, five times.
    expect(fleet.told(well("ginza-1", "umeda-1"), 6)).toEqual([expect.stringMatching("resolved acme/ginza/ginza-1")]);
  });

  test("an alert waits for its store's others before it is told, and one that ends meanwhile is told to nobody", () => {
    const fleet = new Fleet();
    fleet.over = { groupWaitMs: 3 * MINUTE };
    const lost = health("ginza-1", { cameras: [{ id: "c", status: "lost" }] });
    expect(fleet.told(lost, 4)).toEqual([]);
    expect(fleet.told(well("ginza-1"), 5)).toEqual([]);
    expect(fleet.told(health("ginza-1", { cameras: [{ id: "c", status: "ok", fps: 9 }] }), 5)).toEqual([]);
    expect(fleet.book.alerts).toEqual([]);
  });

  test("nobody is told anything before all has been heard once", () => {
    const fleet = new Fleet();
    fleet.over = { isSettled: false };
    const ill = silent([...ginza, "umeda-1"], ["ginza-1"], START);
    expect(fleet.told(ill, 20)).toEqual([]);
    fleet.over = {};
    expect(fleet.told(ill, 2)).toEqual(["firing acme/ginza/ginza-1 device-offline"]);
  });

  test("what was silent while we did not listen is no evidence, neither bad nor good", () => {
    const fleet = new Fleet();
    const all = [...ginza, "umeda-1"];
    fleet.told(silent(all, ["ginza-1"], START), 15);
    fleet.kill();
    // An hour later we are there again, and everything was last heard an hour ago.
    fleet.nowMs += 60 * MINUTE;
    fleet.listeningMs = fleet.nowMs;
    expect(fleet.told(silent(all, all, START + 15 * MINUTE), 3)).toEqual([]);
    expect(fleet.book.alerts).toHaveLength(1);
    expect(fleet.told(silent(all, ["ginza-1"], START), 3)).toEqual([]);
    expect(fleet.told(well(...all), 4)).toEqual(["resolved acme/ginza/ginza-1 device-offline"]);
  });

  test("closed hours are not judged, maintenance neither, and an open alert stays open over them", () => {
    const fleet = new Fleet();
    const ill = silent([...ginza, "umeda-1"], ["ginza-1"], START);
    fleet.told(ill, 15);
    fleet.over = { isOpen: () => false };
    expect(fleet.told(ill, 5)).toEqual([]);
    expect(fleet.book.alerts[0]).toMatchObject({ state: "muted" });
    fleet.over = { maintenance: () => "new shelves" };
    expect(fleet.told(silent([...ginza, "umeda-1"], ginza, START), 30)).toEqual([]);
    fleet.over = {};
    expect(fleet.told(well(...ginza, "umeda-1"), 5)).toEqual(["resolved acme/ginza/ginza-1 device-offline"]);
  });

  test("shops that cut their power at night say nothing of the broker", () => {
    const fleet = new Fleet();
    fleet.over = { isOpen: ({ store }) => store === "umeda" };
    expect(fleet.told(silent([...ginza, "umeda-1"], ginza, START), 30)).toEqual([]);
  });

  test("closed, says a person: the alert ends, and nothing there is a fault until then", () => {
    const fleet = new Fleet();
    const ill = silent([...ginza, "umeda-1"], ginza, START);
    fleet.told(ill, 15);
    fleet.say({
      word: "closed",
      tenant: "acme",
      store: "ginza",
      untilAt: new Date(START + 120 * MINUTE).toISOString(),
    });
    expect(fleet.told(ill, 60)).toEqual(["resolved acme/ginza store-offline"]);
    expect(JSON.parse(String(fleet.rows.findLast((row) => row.notify === "resolved")?.details))).toMatchObject({
      ended: "closed",
    });
    expect(fleet.told(ill, 60)).toEqual(["firing acme/ginza store-offline"]);
  });

  test("silenced, says a person: nobody is told until then, but that it is over", () => {
    const fleet = new Fleet();
    const all = [...ginza, "umeda-1"];
    fleet.say({
      word: "silence",
      tenant: "acme",
      store: "ginza",
      untilAt: new Date(START + 40 * MINUTE).toISOString(),
    });
    const ill = silent(all, ["ginza-1"], START);
    expect(fleet.told(ill, 38)).toEqual([]);
    expect(fleet.told(ill, 10)).toEqual(["firing acme/ginza/ginza-1 device-offline"]);
    fleet.say({ word: "silence", tenant: "acme" });
    expect(fleet.told(well(...all), 5)).toEqual(["resolved acme/ginza/ginza-1 device-offline"]);
  });

  test("a device that is taken out of the configuration has no alert any more", () => {
    const fleet = new Fleet();
    fleet.told(silent([...ginza, "umeda-1"], ["ginza-1"], START), 15);
    expect(fleet.told(well("ginza-2", "umeda-1"), 2)).toEqual(["resolved acme/ginza/ginza-1 device-offline"]);
    expect(fleet.book.subjects).toEqual([]);
  });

  test("a rule that is taken away holds nothing against anybody", () => {
    const fleet = new Fleet();
    fleet.told(silent([...ginza, "umeda-1"], ["ginza-1"], START), 15);
    fleet.over = { rules: RULES.filter(({ name }) => name !== "device-offline") };
    expect(fleet.told(silent([...ginza, "umeda-1"], ["ginza-1"], START), 3)).toEqual([
      "resolved acme/ginza/ginza-1 device-offline",
    ]);
  });

  test("two devices with one identity are told at once, and their cameras are not judged by it", () => {
    const fleet = new Fleet();
    const cameras = [{ id: "c", status: "lost" }];
    expect(fleet.told(health("ginza-1", { cameras }, { bootReturns: 2 }), 10)).toEqual([
      "firing acme/ginza/ginza-1 duplicate-identity",
    ]);
  });

  test("any word of a camera's view that is not ok is bad", () => {
    const fleet = new Fleet();
    const views = (view: unknown) => health("ginza-1", { cameras: [{ id: "door", status: "ok", fps: 9, view }] });
    expect(fleet.told(views("learning"), 5)).toEqual([]);
    expect(fleet.told(views(["ok"]), 5)).toEqual([]);
    expect(fleet.told(views("a-fault-of-2030"), 5)).toEqual(["firing acme/ginza/ginza-1 camera-view"]);
    expect(fleet.book.alerts[0]?.reasons[0]?.findings).toEqual([
      { signal: "cameraView", value: "a-fault-of-2030", of: "door" },
    ]);
  });
});

/** A small fleet over an hour: which devices are silent, full or well in each stretch. */
const STORY = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 25 }),
    states: fc.array(fc.constantFrom("well", "silent", "full", "lost"), { minLength: 4, maxLength: 4 }),
    isKilled: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

test("a process that is killed at any moment tells each beginning and end once, as one that lives on", () => {
  const names = [...ginza, "umeda-1", "umeda-2"];
  fc.assert(
    fc.property(STORY, (story) => {
      const [living, killed] = [new Fleet(), new Fleet()];
      const heard = new Map(names.map((name) => [name, START]));
      for (const { minutes, states, isKilled } of story) {
        for (let minute = 0; minute < minutes; minute += 1) {
          const { nowMs } = living;
          const devices = names.map((name, index): DeviceReading => {
            const state = states[index];
            if (state !== "silent") heard.set(name, nowMs - 10_000);
            const lastMs = heard.get(name) ?? START;
            const numbers = state === "full" ? { diskFreeMb: 1 } : {};
            const cameras = [{ id: "c", status: state === "lost" ? "lost" : "ok", fps: 9 }];
            const last = healthRow(name, lastMs, { numbers: numbers as never, cameras });
            return reading(name, nowMs, { heardMs: lastMs, health: { last, restarts: 0, bootReturns: 0 } });
          });
          living.look(devices);
          killed.look(devices);
          if (isKilled) killed.kill();
        }
      }
      for (const { rows } of [living, killed]) {
        const byAlert = new Map<string, string[]>();
        for (const { alertId, notify } of rows.filter((row) => row.notify !== "" && row.notify !== "update")) {
          byAlert.set(String(alertId), [...(byAlert.get(String(alertId)) ?? []), String(notify)]);
        }
        for (const said of byAlert.values()) expect(["firing", "firing resolved"]).toContain(said.join(" "));
      }
      // Killed at every look a streak begins anew each time, so that it may tell later; never what the other would not.
      const open = (fleet: Fleet) => fleet.book.alerts.map(({ subject }) => subject.device).sort();
      if (story.every(({ isKilled }) => !isKilled)) expect(open(killed)).toEqual(open(living));
    }),
    { numRuns: 60 },
  );
});
