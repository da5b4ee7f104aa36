import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AlertEngine } from "../../../cloud-ingest/alerts/engine/alert-engine.ts";
import { operationsBook } from "../../../cloud-ingest/operations-book.ts";
import { AlertsDesk } from "../../../cloud-ingest/operator/alerts-desk.ts";
import { ALL_DATES } from "../../../cloud-ingest/warehouse/source-rows.ts";
import { QUIET_ALERTS } from "../../support/alerts-config.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { instantRows } from "../../support/instant-rows.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { deviceRecord, healthRow, MINUTE, RULES, START } from "../alerts/engine/fleet.ts";

const GINZA = { tenant: "acme", store: "ginza", name: "Ginza", timeZone: "Asia/Tokyo" };
const NEVER = { signal: new AbortController().signal, onProgress: () => {} };
const registry = async () => ({
  day: (_place: object, date: string) => ({ date, events: [], shocks: [], moves: [], decisions: [] }),
});

/** A shop of three devices that was looked at once a minute, and an operator of it. */
async function setUp() {
  const warehouse = new FakeWarehouse();
  const clock = new ManualClock(new Date(START).toISOString());
  const parts = { warehouse, clock, stores: [GINZA], devices: [], registry };
  const engine = new AlertEngine({
    ...parts,
    config: QUIET_ALERTS,
    rules: RULES,
    log: new LogRecorder(),
    sinks: () => [],
  });
  const { rows } = instantRows(warehouse, [GINZA], clock);
  const desk = new AlertsDesk({ ...parts, rows, alerts: QUIET_ALERTS });
  const minutes = async (count: number, full: readonly string[] = [], gone: readonly string[] = []) => {
    for (let minute = 0; minute < count; minute += 1) {
      clock.advance(60);
      const atMs = clock.nowMs() - 1_000;
      for (const device of ["ginza-1", "ginza-2", "ginza-3"].filter((one) => !gone.includes(one))) {
        const numbers = full.includes(device) ? { diskFreeMb: 400 } : {};
        warehouse.health = [...warehouse.health, healthRow(device, atMs, { numbers: numbers as never })];
        const others = warehouse.records.filter((one) => one.device !== device);
        warehouse.records = [...others, deviceRecord(device, new Date(atMs).toISOString())];
      }
      await engine.look();
    }
  };
  const tellings = () =>
    (warehouse.alertRows.get("alert") ?? [])
      .filter((row) => row.notify !== "")
      .map((row) => `${row.notify} ${row.device} ${row.at}`);
  return { warehouse, clock, desk, minutes, tellings };
}

describe("an operator", () => {
  test("sees what is open and what has ended, with who acts on it, and the story of each", async () => {
    const { desk, minutes } = await setUp();
    await minutes(12, ["ginza-1"]);
    const { open, ended } = await desk.list({}, 1);
    expect(ended).toEqual([]);
    expect(open).toMatchObject([{ subject: { device: "ginza-1" }, state: "firing", reasons: [{ rule: "disk-full" }] }]);
    expect(open[0]?.toldAt).toBeDefined();
    expect(await desk.list({ store: "umeda" }, 1)).toEqual({ open: [], ended: [], more: { open: 0, ended: 0 } });
    const id = open[0]?.alertId ?? "";
    await desk.say({ word: "ack", alertId: id.slice(0, 6), by: "sato", note: "drives there" });
    expect((await desk.list({}, 0)).open[0]).toMatchObject({ ackedBy: "sato" });
    await minutes(8);
    expect((await desk.list({}, 1)).ended).toMatchObject([{ alertId: id, ended: "recovered" }]);
    const story = await desk.show(id.slice(0, 6));
    expect(story?.transitions.map(({ rule, was, state }) => `${rule} ${was} ${state}`)).toContain(
      "disk-full suspect firing",
    );
    expect(story?.words).toMatchObject([{ word: "ack", saidBy: "sato" }]);
    expect(await desk.show("nothing-like-it")).toBeUndefined();
    await expect(desk.say({ word: "ack", alertId: "zzzz", by: "sato", note: "?" })).rejects.toMatchObject({
      code: "USAGE",
    });
  });

  test("shows the page for operations what an alert costs and what to do, which a list has no room for", async () => {
    const { warehouse, desk, minutes } = await setUp();
    await minutes(12, ["ginza-1"]);
    const [listed] = (await desk.list({}, 0)).open;
    expect(listed?.reasons[0]?.runbook.en).toBe("");
    const book = operationsBook({ alerts: desk, warehouse });
    const [alert] = await book.alerts();
    expect(alert).toMatchObject({ id: listed?.alertId, device: "ginza-1" });
    for (const text of [alert?.reasons[0]?.consequence, alert?.reasons[0]?.runbook])
      expect(text).toEqual({ en: expect.stringMatching(/\w/), ja: expect.stringMatching(/\S/) });
    expect((await book.fleet()).map(({ device, online }) => [device, online])).toEqual(
      ["ginza-1", "ginza-2", "ginza-3"].map((device) => [device, true]),
    );
    await book.say("ack", alert?.id ?? "", "sato");
    expect(await book.alerts()).toMatchObject([{ ackedBy: "sato" }]);
  });

  test("says that a shop is closed: the alert ends, and the calendar has the date", async () => {
    const { desk, minutes, clock, warehouse } = await setUp();
    await minutes(12, ["ginza-1"]);
    const id = (await desk.list({}, 0)).open[0]?.alertId ?? "";
    const said = await desk.say({ word: "closed", alertId: id, by: "sato", note: 'a "typhoon"' });
    expect(said.subject).toEqual({ tenant: "acme", store: "ginza", device: "" });
    // The end of the day in Tokyo.
    expect(said.until).toBe("2026-03-02T15:00:00.000Z");
    expect(said.closedDates).toEqual(["2026-03-02"]);
    expect(await warehouse.sourceRows("calendar", ALL_DATES)).toMatchObject([
      {
        ...{ tenant: "acme", store: "ginza", date: "2026-03-02", by: "sato" },
        columns: { what: "closed", says: 'a "typhoon"' },
      },
    ]);
    expect(warehouse.changed).toMatchObject([{ reader: "quality", businessDate: "2026-03-02" }]);
    await minutes(2, ["ginza-1"]);
    expect((await desk.list({}, 1)).ended).toMatchObject([{ alertId: id, ended: "closed" }]);
    await expect(
      desk.say({ word: "silence", alertId: id, until: new Date(clock.nowMs() - 1).toISOString(), by: "a", note: "b" }),
    ).rejects.toMatchObject({ code: "USAGE" });
  });

  test("one tap on the page for operations is a calendar entry of its dates, by who tapped", async () => {
    const { desk, minutes, warehouse } = await setUp();
    await minutes(12, ["ginza-1"]);
    const book = operationsBook({ alerts: desk, warehouse });
    const [alert] = await book.alerts();
    await book.say("closed", alert?.id ?? "", "sato");
    const rows = await warehouse.sourceRows("calendar", ALL_DATES);
    expect(rows.map(({ date, by, columns }) => [date, by, columns.what])).toEqual([["2026-03-02", "sato", "closed"]]);
    await minutes(2, ["ginza-1"]);
    expect(await book.alerts()).toEqual([]);
  });

  test("says of an alert that has long ended that its dates were closed, and no later ones", async () => {
    const { desk, minutes, clock, warehouse } = await setUp();
    await minutes(12, ["ginza-1"]);
    const id = (await desk.list({}, 0)).open[0]?.alertId ?? "";
    await minutes(12);
    expect((await desk.list({}, 0)).open).toEqual([]);
    clock.advance(20 * 86_400);
    const said = await desk.say({ word: "closed", alertId: id, by: "sato", note: "typhoon" });
    expect(said.closedDates).toEqual(["2026-03-02"]);
    expect((await warehouse.sourceRows("calendar", ALL_DATES)).map(({ date }) => date)).toEqual(["2026-03-02"]);
  });

  test("sees how good each rule was", async () => {
    const { desk, minutes } = await setUp();
    await minutes(12, ["ginza-1", "ginza-2"]);
    const { open } = await desk.list({}, 0);
    await desk.say({ word: "ack", alertId: open[0]?.alertId ?? "", by: "sato", note: "true" });
    await desk.say({ word: "false", alertId: open[1]?.alertId ?? "", by: "sato", note: "a test" });
    expect(await desk.quality(1)).toEqual([
      { rule: "disk-full", alerts: 2, actedOn: 2, precision: 0.5, hoursToDetect: expect.closeTo(5 / 60, 1) },
    ]);
  });
});

describe("a replay", () => {
  test("of the present rules tells what was told, at the same minutes", async () => {
    const { desk, minutes, tellings } = await setUp();
    await minutes(10);
    await minutes(15, ["ginza-1"]);
    await minutes(20, [], ["ginza-2"]);
    await minutes(15);
    const firings = tellings().filter((one) => one.startsWith("firing"));
    expect(firings).toHaveLength(2);
    const own = await mkdtemp(join(tmpdir(), "kazoe-rules-"));
    const diff = await desk.replay({ rules: own, from: "2026-03-02", to: "2026-03-02" }, NEVER);
    expect({ added: diff.added, removed: diff.removed }).toEqual({ added: [], removed: [] });
    expect(
      diff.kept.map(({ after }) => `firing ${after.subject.device} ${new Date(after.toldMs).toISOString()}`),
    ).toEqual(firings);
    expect(diff.kept.every(({ earlierMs }) => earlierMs === 0)).toBe(true);
  });

  test("shows what other rules would have told, how much earlier, and how often falsely", async () => {
    const { desk, minutes } = await setUp();
    await minutes(10);
    await minutes(15, ["ginza-1"]);
    await minutes(20, [], ["ginza-2"]);
    await minutes(15);
    const { ended } = await desk.list({}, 1);
    const gone = ended.find(({ subject }) => subject.device === "ginza-2");
    await desk.say({ word: "false", alertId: gone?.alertId ?? "", by: "sato", note: "it was moved" });
    const dir = await mkdtemp(join(tmpdir(), "kazoe-rules-"));
    const text = (name: string, when: string, more: string) =>
      `name: ${name}\nwhen: { any: [${when}] }\n${more}\ntitle: { en: T, ja: 題 }\nrunbook: { en: R, ja: 手 }\nconsequence: { data: none, text: { en: N, ja: 無 } }\n`;
    await writeFile(join(dir, "disk-full.yaml"), text("disk-full", "{ signal: diskFreeMb, below: 500 }", "for: 2"));
    await writeFile(
      join(dir, "device-offline.yaml"),
      text("device-offline", "{ signal: offlineS, above: 86400 }", "for: 2"),
    );
    const span = { from: "2026-03-02", to: "2026-03-02" };
    const diff = await desk.replay({ rules: dir, ...span }, NEVER);
    expect(diff.kept).toMatchObject([{ after: { subject: { device: "ginza-1" } }, earlierMs: 3 * MINUTE }]);
    expect(diff.removed).toMatchObject([{ subject: { device: "ginza-2" }, rules: ["device-offline"] }]);
    expect(diff).toMatchObject({ added: [], falseBefore: 1, falseAfter: 0 });
    // One file alone is in the place of ours of its name.
    const busy = join(dir, "busy.yaml");
    await writeFile(busy, text("busy", "{ signal: cpuPercent, above: 0.5 }", "for: 1"));
    const more = await desk.replay({ rules: busy, ...span }, NEVER);
    expect(more.added).toMatchObject([{ subject: { device: "ginza-3" }, rules: ["busy"] }]);
    expect(more.kept).toHaveLength(2);
  });

  test("ends when it is told to, and takes no range that is none", async () => {
    const { desk } = await setUp();
    const stopped = { ...NEVER, signal: AbortSignal.abort(new Error("enough")) };
    const own = await mkdtemp(join(tmpdir(), "kazoe-rules-"));
    await expect(desk.replay({ rules: own, from: "2026-03-01", to: "2026-03-02" }, stopped)).rejects.toThrow("enough");
    await expect(desk.replay({ rules: own, from: "2026-03-02", to: "2026-03-01" }, NEVER)).rejects.toMatchObject({
      code: "USAGE",
    });
    await expect(desk.replay({ rules: "/nowhere", from: "2026-03-02", to: "2026-03-02" }, NEVER)).rejects.toMatchObject(
      { code: "CONFIG_NOT_FOUND" },
    );
  });
});
