import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { noteOf } from "../../../cloud-ingest/quality/day-note.ts";
import type { CalendarEntry } from "../../../cloud-ingest/registry/calendar-entry.ts";
import type { HolidaySource } from "../../../cloud-ingest/registry/holiday-port.ts";
import { loadRegistry } from "../../../cloud-ingest/registry/load-registry.ts";
import { hoursText } from "../../../cloud-ingest/registry/opening-hours.ts";
import { Registry } from "../../../cloud-ingest/registry/registry.ts";
import type { StoreDay } from "../../../cloud-ingest/registry/store-day.ts";
import { tempDir } from "../../support/temp-dir.ts";

const STORES = ["ginza", "umeda"].map((store) => ({ tenant: "acme", store }));
const GINZA = { tenant: "acme", store: "ginza" };
/** Every 3 November, in Japan; and the first of July in its prefecture 13. */
const HOLIDAYS: HolidaySource = {
  holidays: ({ country, region }, from) =>
    new Map(
      country === "JP"
        ? [[`${from}-11-03`, "文化の日"], ...(region === "13" ? [[`${from}-07-01`, "都"] as const] : [])]
        : [],
    ),
  fault: ({ country, region }) => {
    if (country === "XX") return { key: "country", text: "no such country" };
    return region === "99" ? { key: "region", text: "no such region" } : undefined;
  },
};

const REGISTRY = `tenant: acme
places:
  - { country: JP, region: "13" }
hours:
  - week: { mon-fri: "10:00-20:00", "sat,sun": "10:00-21:00", holiday: "11:00-19:00" }
  - { from: 2026-04-01, week: { mon-sun: "09:00-20:00" } }
  - { from: 2026-08-01, to: 2026-08-31, week: { mon-sun: "09:00-22:00" }, note: summer }
days:
  - { from: 2026-01-01, to: 2026-01-03, closed: New Year }
  - { on: 2026-11-20, event: Founding sale }
masks: [japan-covid]
stores:
  ginza:
    open: [{ from: 2019-04-01, to: 2021-12-31 }, { from: 2022-06-01 }]
    days:
      - { on: 2026-01-02, hours: ["10:00-14:00", "18:00-02:00"] }
      - { from: 2026-11-18, to: 2026-11-25, shock: Water main burst }
      - { on: 2026-11-03, workday: true }
    doors:
      main:
        targets: [cam-01/street/door]
        days:
          - { on: 2026-11-20, closed: Door out of order }
          - { on: 2026-10-01, moved: camera now left of the door }
  umeda:
    places:
      - { country: JP, region: "27" }
      - { from: 2026-07-01, country: JP, region: "13" }
`;

async function load(text: string, name = "acme.yaml") {
  const file = join(await tempDir(), name);
  await writeFile(file, text);
  return { file, registry: await loadRegistry(file, STORES, HOLIDAYS) };
}

const hoursOn = async (date: string, place: object = GINZA) => {
  const { hours } = (await load(REGISTRY)).registry.day({ ...GINZA, ...place }, date);
  return hours && hoursText(hours);
};

describe("opening hours", () => {
  test.each([
    { name: "a weekday", date: "2026-03-02", hours: "10:00-20:00" },
    { name: "a Sunday", date: "2026-03-01", hours: "10:00-21:00" },
    { name: "a holiday", date: "2025-11-03", hours: "11:00-19:00" },
    { name: "what held in 2024 still holds for 2024", date: "2024-05-06", hours: "10:00-20:00" },
    { name: "later hours", date: "2026-05-06", hours: "09:00-20:00" },
    { name: "a season, narrower than both", date: "2026-08-31", hours: "09:00-22:00" },
    { name: "a closure of the tenant", date: "2026-01-01", hours: "closed" },
    { name: "the store's own word against it, past midnight", date: "2026-01-02", hours: "10:00-14:00, 18:00-26:00" },
    { name: "before it opened", date: "2019-03-31", hours: "closed" },
    { name: "between two openings", date: "2022-01-01", hours: "closed" },
    { name: "a door that is closed", date: "2026-11-20", hours: "closed", place: { door: "main" } },
    { name: "its store that day", date: "2026-11-20", hours: "09:00-20:00" },
    { name: "a store without hours of its own", date: "2026-03-02", hours: "10:00-20:00", place: { store: "umeda" } },
    { name: "a tenant that is not in the registry", date: "2026-03-02", hours: undefined, place: { tenant: "other" } },
  ])("$name: $hours", async ({ date, hours, place }) => {
    expect(await hoursOn(date, place)).toBe(hours);
  });
});

test("says which entry decided, and where it stands", async () => {
  const { file, registry } = await load(REGISTRY);
  const { decisions, ...day } = registry.day({ ...GINZA, door: "main" }, "2026-11-20");
  expect(day).toMatchObject({ closed: "Door out of order", events: ["Founding sale"], shocks: ["Water main burst"] });
  expect(decisions).toEqual([
    { what: "place", says: "JP-13", by: "tenant acme", at: { file, line: 3 } },
    { what: "hours", says: "closed: Door out of order", by: "door acme/ginza/main", at: { file, line: 23 } },
    { what: "event", says: "Founding sale", by: "tenant acme", at: { file, line: 10 } },
    { what: "shock", says: "Water main burst", by: "store acme/ginza", at: { file, line: 17 } },
  ]);
});

test("a move is of its first date alone", async () => {
  const { registry } = await load(REGISTRY);
  const moves = (date: string) => registry.day({ ...GINZA, door: "main" }, date).moves;
  expect([moves("2026-09-30"), moves("2026-10-01"), moves("2026-10-02")]).toEqual([
    [],
    ["camera now left of the door"],
    [],
  ]);
});

test("holidays are those of the place where the store was then; a store may have none", async () => {
  const { registry } = await load(REGISTRY);
  const holiday = (store: string, date: string) => registry.day({ tenant: "acme", store }, date).holiday;
  expect(holiday("umeda", "2026-07-01")).toBe("都");
  expect(holiday("umeda", "2025-07-01")).toBeUndefined();
  expect(holiday("umeda", "2026-11-03")).toBe("文化の日");
  expect(holiday("ginza", "2026-11-03")).toBeUndefined();
});

test("Japan's emergencies by prefecture", async () => {
  const { registry } = await load(REGISTRY);
  const shocks = (store: string, date: string) => registry.day({ tenant: "acme", store }, date).shocks;
  // Tokyo and Osaka: the third one ended on 2021-06-20 in both, the fourth came on 12 July and on 2 August.
  expect(shocks("ginza", "2021-06-20")).toEqual(["COVID-19 state of emergency"]);
  expect(shocks("ginza", "2021-06-21")).toEqual([]);
  expect([shocks("ginza", "2021-07-15").length, shocks("umeda", "2021-07-15").length]).toEqual([1, 0]);
  expect([shocks("ginza", "2020-05-24").length, shocks("umeda", "2020-05-24").length]).toEqual([1, 0]);
  expect(shocks("umeda", "2021-09-30")).toHaveLength(1);
  expect(shocks("umeda", "2021-10-01")).toEqual([]);
});

test("what quality and forecasts are told", async () => {
  const { registry } = await load(REGISTRY);
  const note = (date: string) => noteOf(registry.day(GINZA, date));
  expect(note("2026-01-01")).toEqual({ isClosed: true });
  expect(note("2026-11-20")).toEqual({ event: "Founding sale", shock: "Water main burst" });
  expect(note("2026-03-02")).toBeUndefined();
});

test("knows the doors of a store and what counts them", async () => {
  const { registry } = await load(REGISTRY);
  expect(registry.doors(GINZA)).toEqual(new Map([["main", ["cam-01/street/door"]]]));
  expect(registry.doors({ tenant: "acme", store: "none" }).size).toBe(0);
  expect(() => registry.day({ ...GINZA, door: "back" }, "2026-03-02")).toThrow(/no door back/);
});

test("a folder has a file for each tenant", async () => {
  const dir = await tempDir();
  const stores = [...STORES, { tenant: "bee", store: "hive" }];
  await mkdir(join(dir, "more"));
  await writeFile(join(dir, "acme.yaml"), REGISTRY);
  await writeFile(join(dir, "bee.yml"), "tenant: bee\nhours: [{ week: { mon: 8:00-9:00 } }]\n");
  await writeFile(join(dir, "notes.txt"), "no YAML: {");
  const registry = await loadRegistry(dir, stores, HOLIDAYS);
  expect(registry.day({ tenant: "bee", store: "hive" }, "2026-03-02").hours).toEqual([{ from: 480, to: 540 }]);
  await writeFile(join(dir, "twin.yaml"), "tenant: bee\n");
  await expect(loadRegistry(dir, stores, HOLIDAYS)).rejects.toThrow(/twin\.yaml.*a tenant has one file/);
});

describe("refused, with the place", () => {
  test.each([
    {
      name: "a date that is none",
      in: "days: [{ on: 2026-02-30, closed: x }]",
      error: /:2:\d+ days\[0\]\.on: .*no such date/,
    },
    {
      name: "a range backwards",
      in: "days: [{ from: 2026-03-02, to: 2026-03-01, closed: x }]",
      error: /from is after to/,
    },
    { name: "on and from", in: "days: [{ on: 2026-03-02, from: 2026-03-01, closed: x }]", error: /either on, or from/ },
    { name: "an entry that says nothing", in: "days: [{ on: 2026-03-02 }]", error: /days\[0\]: says nothing/ },
    {
      name: "closed with hours",
      in: 'days: [{ on: 2026-03-02, closed: x, hours: "9:00-10:00" }]',
      error: /is closed and has/,
    },
    {
      name: "two words on the same dates",
      in: 'days: [{ on: 2026-03-02, closed: x }, { from: 2026-03-02, to: 2026-03-02, hours: "9:00-10:00" }]',
      error: /days\[1\]: says hours or a closure for the same dates as entry 0/,
    },
    {
      name: "hours that are none",
      in: "days: [{ on: 2026-03-02, hours: 9-17 }]",
      error: /days\[0\]\.hours: not hours/,
    },
    {
      name: "a country that is none",
      in: "places: [{ country: XX }]",
      error: /acme\.yaml:2:\d+ places\[0\]\.country: no such country/,
    },
    {
      name: "a region that is none, of a door",
      in: 'stores: { ginza: { doors: { a: { targets: [c/s/d], places: [{ country: JP, region: "99" }] } } } }',
      error: /:2:\d+ stores\.ginza\.doors\.a\.places\[0\]\.region: no such region/,
    },
    {
      name: "a date that is too early",
      in: "days: [{ on: 1969-12-31, closed: x }]",
      error: /from 1970-01-01 to 9999-12-31/,
    },
    { name: "25 hours", in: 'hours: [{ week: { mon: "01:00-26:30" } }]', error: /hours\[0\]\.week\.mon: not hours/ },
    { name: "spans that overlap", in: 'hours: [{ week: { mon: ["9:00-12:00", "11:00-13:00"] } }]', error: /not hours/ },
    { name: "a day that is none", in: 'hours: [{ week: { monday: "9:00-12:00" } }]', error: /week\.monday: not a day/ },
    {
      name: "a day twice",
      in: "hours: [{ week: { mon-fri: closed, tue: closed } }]",
      error: /names a day that another key/,
    },
    {
      name: "hours twice",
      in: "hours: [{ week: {} }, { week: {} }]",
      error: /hours\[1\]: says hours for the same dates/,
    },
    {
      name: "another store",
      in: "stores: { ginzza: {} }",
      error: /stores\.ginzza: the cloud's configuration has no such/,
    },
    {
      name: "a target that is none",
      in: "stores: { ginza: { doors: { main: { targets: [cam-01] } } } }",
      error: /targets\[0\]: not device\/camera\/target/,
    },
    {
      name: "one line for two doors",
      in: "stores: { ginza: { doors: { a: { targets: [c/s/d] }, b: { targets: [c/s/d] } } } }",
      error: /doors\.b\.targets\[0\]: counts the door a already/,
    },
    {
      name: "an unknown key",
      in: "stores: { ginza: { hour: [] } }",
      error: /unknown key "hour"; did you mean "hours"/,
    },
  ])("$name", async ({ in: text, error }) => {
    await expect(load(`tenant: acme\n${text}\n`)).rejects.toThrow(error);
  });

  test("another tenant, and a registry that is not there", async () => {
    await expect(load("tenant: acmee\n")).rejects.toThrow(/tenant: no store of the cloud's configuration/);
    const empty = loadRegistry(await tempDir(), STORES, HOLIDAYS);
    await expect(empty).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/without a file \*\.yaml/),
    });
    await expect(loadRegistry("/nowhere.yaml", STORES, HOLIDAYS)).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
  });
});

describe("what rows say of single dates", () => {
  const entry = (date: string, over: Partial<CalendarEntry>): CalendarEntry => ({
    ...{ tenant: "acme", store: "ginza", date, key: "k", version: 1, by: "aya", at: "2026-11-01T00:00:00.000Z" },
    ...over,
  });
  const TEN = { from: 600, to: 660 };
  const says = (day: StoreDay) => [day.closed ?? (day.hours && hoursText(day.hours)), ...day.events];

  test.each([
    { name: "goes before the file's words of the store", at: "2026-01-02", over: { closed: "snow" }, out: ["snow"] },
    {
      ...{ name: "of all stores goes before the file's words of the tenant", at: "2026-11-20" },
      ...{ over: { store: "", hours: [TEN] }, out: ["10:00-11:00", "Founding sale"] },
    },
    {
      ...{ name: "of all stores does not go before the file's words of the store", at: "2026-01-02" },
      ...{ over: { store: "", closed: "snow" }, out: ["10:00-14:00, 18:00-26:00"] },
    },
    {
      name: "opens no store that is not open",
      at: "2022-02-01",
      over: { hours: [TEN] },
      out: ["not open on this date"],
    },
    {
      name: "adds its event to the file's",
      at: "2026-11-20",
      over: { event: "Parade" },
      out: ["09:00-20:00", "Parade", "Founding sale"],
    },
    {
      name: "says nothing of another store",
      at: "2026-01-02",
      over: { store: "umeda", closed: "x" },
      out: ["10:00-14:00, 18:00-26:00"],
    },
    { name: "that takes itself back says nothing", at: "2026-01-02", over: {}, out: ["10:00-14:00, 18:00-26:00"] },
  ])("$name", async ({ at, over, out }) => {
    const { registry } = await load(REGISTRY);
    expect(says(registry.with([entry(at, over)]).day(GINZA, at))).toEqual(out);
  });

  test("the last one said of a date holds, and is named with who said it and when", async () => {
    const { registry } = await load(REGISTRY);
    const entries = [
      entry("2026-12-01", { key: "b", version: 7, closed: "snow", at: "2026-11-03T00:00:00.000Z" }),
      entry("2026-12-01", { key: "a", hours: [TEN], at: "2026-11-02T00:00:00.000Z" }),
    ];
    const { closed, decisions } = registry.with(entries).day(GINZA, "2026-12-01");
    expect(closed).toBe("snow");
    expect(decisions.at(-1)).toEqual({
      ...{ what: "hours", says: "closed: snow", by: "store acme/ginza" },
      row: { key: "b", version: 7, by: "aya", at: "2026-11-03T00:00:00.000Z" },
    });
  });

  test("holds for a tenant without a file", () => {
    const registry = new Registry([], HOLIDAYS).with([entry("2026-12-01", { closed: "snow" })]);
    expect(registry.day(GINZA, "2026-12-01")).toMatchObject({ closed: "snow", hours: [] });
    expect(registry.day(GINZA, "2026-12-02").hours).toBeUndefined();
  });
});
