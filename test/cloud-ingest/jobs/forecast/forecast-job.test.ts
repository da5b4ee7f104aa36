import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addDays, datesOf } from "../../../../cloud-ingest/calendar.ts";
import { Artefacts } from "../../../../cloud-ingest/jobs/forecast/artefacts.ts";
import { forecastJob, renewForecastJob } from "../../../../cloud-ingest/jobs/forecast/forecast-job.ts";
import type { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { canMount, smallDisk } from "../../../support/small-disk.ts";
import { type Door, shopRows } from "../quality/shop.ts";
import { DOORS, forecastRig } from "./forecast-rig.ts";

const rowsOf = (warehouse: FakeWarehouse) => warehouse.derivedRows.get("forecast") ?? [];
const withoutModel = (rows: readonly object[]) => rows.map((row) => ({ ...row, madeAt: "", artefact: "" }));
const withoutTime = (rows: readonly object[]) => rows.map((row) => ({ ...row, madeAt: "" }));

test("every door and the store get 90 dates and a week of hours, with intervals that hold what they should", async () => {
  const { warehouse, parts, today } = await forecastRig();
  expect(await runJob(forecastJob(parts))).toMatchObject({ groups: 1, forecast: 3, failures: [] });
  const rows = rowsOf(warehouse);
  for (const place of ["", "main", "side"]) {
    const own = rows.filter((row) => row.place === place);
    const dates = own.filter(({ step }) => step === "day").map(({ businessDate }) => businessDate);
    expect(dates).toEqual(datesOf({ from: today, to: addDays(today, 89) }));
    const hours = own.filter(({ step }) => step === "hour").map(({ localStart }) => localStart);
    expect(hours).toHaveLength(168);
    expect(hours[10]).toBe(`${today}T10:00:00`);
  }
  for (const { lo95, lo80, yhat, hi80, hi95 } of rows) {
    const bounds = [0, lo95, lo80, yhat, hi80, hi95].map(Number);
    expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
  }
});

test("a forecast is near what such a day has, and its parts add up to it", async () => {
  const { warehouse, parts, today } = await forecastRig();
  await runJob(forecastJob(parts));
  const days = rowsOf(warehouse).filter(({ step, place }) => step === "day" && place === "main");
  const saturday = days.find(({ businessDate }) => new Date(String(businessDate)).getUTCDay() === 6);
  const tuesday = days.find(({ businessDate }) => new Date(String(businessDate)).getUTCDay() === 2);
  // The shop is made with half as many people again at weekends.
  expect(Number(saturday?.yhat) / Number(tuesday?.yhat)).toBeGreaterThan(1.4);
  expect(Number(saturday?.yhat) / Number(tuesday?.yhat)).toBeLessThan(1.6);
  for (const day of days) {
    const { basis, stages: _, ...causes } = JSON.parse(String(day.parts));
    const sum = Object.values(causes as Record<string, number>).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(Number(day.yhat), 0);
    expect(basis).toEqual({ known: 1, repaired: 0 });
  }
  const closing = rowsOf(warehouse).filter(
    ({ step, localStart }) => step === "hour" && String(localStart).startsWith(`${today}T03`),
  );
  for (const { yhat } of closing) expect(Number(yhat)).toBeLessThan(1);
});

test("a camera that is off at night is foretold as one that counts nobody then, and its store and its neighbour with it", async () => {
  const sums = async (doors: readonly Door[]) => {
    const { warehouse, parts } = await forecastRig({ doors });
    expect(await runJob(forecastJob(parts))).toMatchObject({ forecast: 3, failures: [] });
    const days = rowsOf(warehouse).filter(({ step }) => step === "day");
    return ["", "main", "side"].map((place) =>
      days.filter((row) => row.place === place).reduce((sum, { yhat }) => sum + Number(yhat), 0),
    );
  };
  const isOpen = (hour: number) => hour >= 8 && hour < 22;
  const [main, side] = DOORS;
  const whole = await sums(DOORS);
  const nightly = await sums([{ ...main!, fault: (_, hour, count) => (isOpen(hour) ? count : undefined) }, side!]);
  for (const [at, people] of nightly.entries()) expect(people / whole[at]!).toBeCloseTo(1, 1);
});

test("the same night again gives the same numbers, learns nothing anew, and what is over stays", async () => {
  const { warehouse, parts, asked, today } = await forecastRig();
  await runJob(forecastJob(parts));
  const once = withoutTime(rowsOf(warehouse));
  await runJob(forecastJob(parts));
  expect(withoutTime(rowsOf(warehouse))).toEqual(once);
  expect(asked.map(({ op }) => op)).toEqual(["fit", "predict", "predict"]);
  await runJob(forecastJob(parts), { from: today, to: today });
  const dates = new Set(rowsOf(warehouse).map(({ businessDate }) => businessDate));
  expect(dates.has(today)).toBe(true);
  expect(dates.size).toBe(91);
});

test("on dates that are closed nobody is expected, and a shock is not learnt from", async () => {
  const rig = await forecastRig();
  const closed = addDays(rig.today, 3);
  const days = [
    { on: closed, closed: "stocktaking" },
    { from: addDays(rig.today, -20), to: addDays(rig.today, -14), shock: "flood" },
  ];
  const plain = await forecastRig({ level: { days } });
  const flooded = await forecastRig({
    level: { days },
    doors: [
      {
        id: "main",
        people: 120,
        fault: (date, _, count) =>
          date >= addDays(rig.today, -20) && date <= addDays(rig.today, -14) ? count * 9 : count,
      },
      { id: "side", people: 80 },
    ],
  });
  await runJob(forecastJob(plain.parts));
  await runJob(forecastJob(flooded.parts));
  const onClosed = rowsOf(plain.warehouse).filter(({ businessDate }) => businessDate === closed);
  expect(onClosed.length).toBeGreaterThan(24);
  expect(onClosed.map(({ yhat }) => yhat)).toEqual(onClosed.map(() => 0));
  const numbers = (warehouse: FakeWarehouse) => rowsOf(warehouse).map(({ yhat }) => yhat);
  expect(numbers(flooded.warehouse)).toEqual(numbers(plain.warehouse));
});

test("a shop of ten days is told nothing of, and no failure", async () => {
  const { warehouse, parts } = await forecastRig({ days: 10 });
  expect(await runJob(forecastJob(parts))).toMatchObject({ forecast: 0, failures: [] });
  expect(rowsOf(warehouse)).toEqual([]);
});

test("a model that is torn, of another version or of another group gives way to the one before, with a word; none left, it is learnt anew", async () => {
  const { parts, dir, log, asked } = await forecastRig();
  const job = forecastJob(parts);
  await runJob(job);
  const folder = join(dir, `${tokyoStore.tenant}-1`);
  const [first = ""] = (await readdir(folder)).filter((name) => name !== "current.json");
  const text = await readFile(join(folder, first), "utf8");
  const next = (at: number) => first.replace(/^\d{8}/, `2099010${at}`);
  const renamed = (at: number) => text.replaceAll(first.slice(0, -5), next(at).slice(0, -5));
  await writeFile(join(folder, next(1)), renamed(1).slice(0, 5000));
  await writeFile(join(folder, next(2)), renamed(2).replace('"format":1', '"format":2'));
  await writeFile(join(folder, next(3)), renamed(3).replace(/0\.\d/, "0.9"));
  await writeFile(join(folder, next(4)), renamed(4).replaceAll(`${tokyoStore.tenant}-1`, "other-1"));
  await writeFile(join(folder, "current.json"), `{"id":"${next(3).slice(0, -5)}"}`);
  await runJob(job);
  expect(asked.map(({ op }) => op)).toEqual(["fit", "predict", "predict"]);
  expect(log.lines.filter((line) => line.includes("the one before goes on"))).toHaveLength(4);
  await writeFile(join(folder, first), "{}");
  await runJob(job);
  expect(asked.at(-2)?.op).toBe("fit");
});

test("a renewal says of each place what it tried, keeps what it learnt, and one word goes back", async () => {
  const { parts, clock } = await forecastRig();
  await runJob(forecastJob(parts));
  const group = `${tokyoStore.tenant}-1`;
  const before = await parts.artefacts.current(group);
  clock.advance(60);
  const { renewed, kept } = (await runJob(renewForecastJob(parts))) as { renewed?: number; kept?: number };
  expect((renewed ?? 0) + (kept ?? 0)).toBe(3);
  const after = await parts.artefacts.current(group);
  expect(after?.id).not.toBe(before?.id);
  expect(after?.trials).toHaveLength(3);
  for (const { days, rival, incumbent } of after?.trials ?? []) {
    expect(days).toBe(28);
    expect(rival?.mean).toBeGreaterThan(0);
    expect(rival?.tail).toBeGreaterThan(rival?.mean ?? 0);
    expect(incumbent?.mean).toBeLessThan(1);
  }
  await parts.artefacts.putInForce(group, before?.id ?? "");
  expect((await parts.artefacts.current(group))?.id).toBe(before?.id);
  expect((await parts.artefacts.list()).map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
    [after?.id, false],
    [before?.id, true],
  ]);
});

test.each([
  { name: "its thread runs out of memory", fails: "ask" },
  { name: "the disk is full", fails: "keep" },
] as const)("a renewal of which $name: it is told, and the model before goes on", async ({ fails }) => {
  const { parts, warehouse, today } = await forecastRig();
  await runJob(forecastJob(parts));
  const group = `${tokyoStore.tenant}-1`;
  const before = await parts.artefacts.current(group);
  const broken = async () => {
    throw new Error(
      fails === "ask" ? "Worker terminated due to reaching memory limit" : "ENOSPC: no space left on device",
    );
  };
  const renewal = renewForecastJob(
    fails === "ask"
      ? { ...parts, thread: () => ({ ask: broken, close: async () => {} }) }
      : {
          ...parts,
          artefacts: Object.assign(Object.create(parts.artefacts), { keep: broken, current: async () => before }),
        },
  );
  const { failures } = await runJob(renewal);
  expect(JSON.stringify(failures)).toMatch(fails === "ask" ? /memory limit/ : /ENOSPC/);
  expect((await parts.artefacts.current(group))?.id).toBe(before?.id);
  expect(await runJob(forecastJob(parts))).toMatchObject({ failures: [] });
  const first = rowsOf(warehouse).find(({ businessDate, step }) => businessDate === today && step === "day");
  expect(first?.artefact).toBe(before?.id);
});

test.skipIf(!canMount)(
  "a renewal on a disk that is really full: it is told, the model before goes on, and with room again it is renewed",
  async () => {
    const { parts: rig, warehouse, log } = await forecastRig();
    const disk = await smallDisk(16);
    const parts = { ...rig, artefacts: new Artefacts(join(disk.dir, "forecast"), log) };
    await runJob(forecastJob(parts));
    const before = await parts.artefacts.current(`${tokyoStore.tenant}-1`);
    await writeFile(join(disk.dir, "others"), Buffer.alloc(17 << 20)).catch(() => {});
    const { failures } = await runJob(renewForecastJob(parts));
    expect(JSON.stringify(failures)).toMatch(/is full|no space/i);
    expect(await parts.artefacts.current(`${tokyoStore.tenant}-1`)).toEqual(before);
    expect(await runJob(forecastJob(parts))).toMatchObject({ failures: [] });
    expect(new Set(rowsOf(warehouse).map(({ artefact }) => artefact))).toEqual(new Set([before?.id]));
    await rm(join(disk.dir, "others"));
    expect(await runJob(renewForecastJob(parts))).toMatchObject({ failures: [] });
    expect((await parts.artefacts.current(`${tokyoStore.tenant}-1`))?.trials).toHaveLength(3);
  },
);

test("a first model that the disk has no room for makes its forecast all the same, with a word", async () => {
  const { parts, warehouse, log } = await forecastRig();
  const full = async () => {
    throw new Error("ENOSPC: no space left on device");
  };
  const artefacts = Object.assign(Object.create(parts.artefacts), { keep: full, current: async () => undefined });
  expect(await runJob(forecastJob({ ...parts, artefacts }))).toMatchObject({ failures: [] });
  expect(rowsOf(warehouse).length).toBeGreaterThan(24);
  expect(log.lines.join()).toMatch(/cannot be kept/);
});

test("a store whose time zone changes is foretold on, by what was learnt before", async () => {
  const { parts, warehouse, today } = await forecastRig();
  await runJob(forecastJob(parts));
  const moved = { ...tokyoStore, timeZone: "Asia/Kolkata" };
  expect(await runJob(forecastJob({ ...parts, stores: [moved] }))).toMatchObject({ failures: [] });
  const rows = rowsOf(warehouse).filter(({ businessDate, step }) => String(businessDate) >= today && step === "day");
  expect(rows.length).toBeGreaterThanOrEqual(90);
  expect(rows.every(({ yhat }) => Number.isFinite(Number(yhat)))).toBe(true);
});

test("of dates that are over it is said how the forecast went, and why it was off", async () => {
  const lost = addDays("2026-03-02", 121);
  const { warehouse, parts, clock, today } = await forecastRig({
    doors: [
      { id: "main", people: 120 },
      { id: "side", people: 80 },
    ],
  });
  await runJob(forecastJob(parts));
  // Three days later: on the second the side door counted nothing from noon on.
  const doors: Door[] = [
    { id: "main", people: 120 },
    { id: "side", people: 80, fault: (date, hour, count) => (date === lost && hour >= 12 ? undefined : count) },
  ];
  warehouse.put(tokyoStore, "hour", shopRows(doors, "2026-03-02", 123));
  clock.advance(3 * 86_400);
  await runJob(forecastJob(parts));
  const past = rowsOf(warehouse).filter(({ step }) => step === "past");
  expect(past.map(({ businessDate, place }) => [businessDate, place])).toEqual(
    [0, 1, 2].flatMap((day) => ["", "main", "side"].map((place) => [addDays(today, day), place])),
  );
  const told = past.map(({ businessDate, place, parts: text }) => ({
    businessDate,
    place,
    ...JSON.parse(String(text)),
  }));
  for (const { businessDate, place, reasons, missingHours } of told) {
    const isLost = businessDate === lost && place !== "main";
    expect(missingHours > 0).toBe(isLost);
    if (isLost) expect(reasons[0]).toMatchObject({ reason: "device" });
  }
  // What was expected of them stays as it was.
  expect(rowsOf(warehouse).filter(({ step, businessDate }) => step === "hour" && businessDate === today)).toHaveLength(
    72,
  );
});

test("doors add up to the store, and hours to the day", async () => {
  const { warehouse, parts } = await forecastRig();
  await runJob(forecastJob(parts));
  const rows = rowsOf(warehouse);
  const at = (place: string, step: string) =>
    rows.filter((row) => row.place === place && row.step === step).map(({ yhat }) => Number(yhat));
  for (const step of ["day", "hour"]) {
    const [store, main, side] = ["", "main", "side"].map((place) => at(place, step)) as [number[], number[], number[]];
    store.forEach((people, slot) => {
      expect(Math.abs(people - (main[slot] ?? 0) - (side[slot] ?? 0))).toBeLessThan(0.02);
    });
  }
  for (const place of ["", "main", "side"]) {
    const hours = at(place, "hour");
    for (const [day, people] of at(place, "day").slice(0, 7).entries()) {
      const sum = hours.slice(day * 24, (day + 1) * 24).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - people)).toBeLessThan(0.3);
    }
  }
});

test("a door of the registry where nothing is counted has no forecast, and the store is what the others come to", async () => {
  const { warehouse, parts } = await forecastRig();
  const missing = await forecastRig({ named: ["main", "side", "back"] });
  await runJob(forecastJob(parts));
  expect(await runJob(forecastJob(missing.parts))).toMatchObject({ forecast: 3, failures: [] });
  expect(withoutModel(rowsOf(missing.warehouse))).toEqual(withoutModel(rowsOf(warehouse)));
  missing.clock.advance(60);
  expect(await runJob(renewForecastJob(missing.parts))).toMatchObject({ failures: [] });
});

test("a door that the registry no longer has leaves the dates ahead, and comes back with what it had learnt", async () => {
  const { warehouse, parts, today } = await forecastRig();
  const { parts: less } = await forecastRig({ named: ["main"] });
  const ahead = () => rowsOf(warehouse).filter(({ businessDate }) => String(businessDate) >= today);
  await runJob(forecastJob(parts));
  const before = withoutModel(ahead());
  expect(await runJob(forecastJob({ ...parts, registry: less.registry }))).toMatchObject({ failures: [] });
  expect([...new Set(ahead().map(({ place }) => place))]).toEqual([""]);
  await runJob(forecastJob(parts));
  expect(withoutModel(ahead())).toEqual(before);
});
