import { describe, expect, it } from "vitest";
import { parseRow, ROW_TABLE_NAMES } from "../../firmware-config/contract/row.ts";
import { parseRowTopic, parseTopic, rowTopicOf } from "../../firmware-config/contract/topics.ts";

const COLUMNS = {
  calendar: { what: "closed", says: "snow" },
  correction: { device: "cam-1", camera: "street", target: "door", measure: "in", hour: 12, value: 4 },
  overrule: { device: "cam-1", to: "2026-11-22", verdict: "overrule", note: "seen on film" },
  regressor: { name: "rain", hour: 9, value: -0.5, knownInAdvance: true },
};

const row = (over: object = {}, columns: object = {}, table: keyof typeof COLUMNS = "calendar") => ({
  ...{ v: 1, kind: "row", table, key: "k", version: 1, date: "2026-11-20", by: "aya", receipt: "r:1" },
  ...(table === "regressor" && { key: "rain 2026-11-20 09" }),
  columns: { ...COLUMNS[table], ...columns },
  ...over,
});

const read = (value: unknown) => parseRow(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));

describe("a row", () => {
  it.each(ROW_TABLE_NAMES)("of %s is read as it is", (table) => {
    const sent = row({}, {}, table);
    expect(read(sent)).toEqual({ ok: true, row: sent });
  });

  it.each([
    { name: "no JSON", sent: "{", reason: "not JSON" },
    { name: "nothing", sent: "null", reason: "unknown contract version of a row" },
    { name: "another version", sent: row({ v: 2 }), reason: "unknown contract version of a row" },
    {
      name: "no table",
      sent: row({ table: "sales" }),
      reason: "/table must be one of calendar, correction, overrule, regressor",
    },
    { name: "a table of every object", sent: row({ table: "constructor" }), reason: /^\/table/ },
    { name: "a key with a line break", sent: row({ key: "a\nb" }), reason: /^\/key/ },
    { name: "an empty key", sent: row({ key: "" }), reason: /^\/key/ },
    {
      name: "1e308",
      sent: '{"v":1,"table":"calendar","kind":"row","key":"k","version":1e308}',
      reason: /required|version/,
    },
    { name: "a version too large", sent: row({ version: 2 ** 53 }), reason: /^\/version must be <=/ },
    { name: "a version below 0", sent: row({ version: -1 }), reason: /^\/version must be >=/ },
    { name: "a date of no calendar", sent: row({ date: "2026-02-30" }), reason: /^\/date must be a date/ },
    { name: "the year 1", sent: row({ date: "0001-01-01" }), reason: /^\/date must be a date/ },
    { name: "the year 9999", sent: row({ date: "9999-12-31" }), reason: /^\/date must be a date/ },
    { name: "a column that there is not", sent: row({}, { why: 1 }), reason: /additional properties: "why"/ },
    { name: "another word", sent: row({}, { what: "open" }), reason: /closed, hours, event, none/ },
    { name: "closed without why", sent: row({}, { says: undefined }), reason: /says is missing/ },
    { name: "hours without hours", sent: row({}, { what: "hours" }), reason: /hours is missing/ },
    { name: "closed with hours", sent: row({}, { hours: "10:00-11:00" }), reason: /only of what: hours/ },
    {
      name: "hours that are none",
      sent: row({}, { what: "hours", hours: "25:00-26:00" }),
      reason: /^\/columns\/hours/,
    },
    { name: "an hour too late", sent: row({}, { hour: 24 }, "correction"), reason: /^\/columns\/hour/ },
    { name: "half a person", sent: row({}, { value: 0.5 }, "correction"), reason: /^\/columns\/value/ },
    {
      name: "a range backwards",
      sent: row({}, { to: "2026-11-19" }, "overrule"),
      reason: "/columns/to is before /date",
    },
    { name: "another key", sent: row({ key: "rain" }, {}, "regressor"), reason: /if any: "rain 2026-11-20 09"$/ },
    {
      name: "a number without end",
      sent: row({}, { value: 1e308 }, "regressor"),
      reason: /^\/columns\/value must be <=/,
    },
    {
      name: "a number as text",
      sent: row({}, { value: "NaN" }, "regressor"),
      reason: /^\/columns\/value must be number/,
    },
    { name: "no mark", sent: row({}, { knownInAdvance: undefined }, "regressor"), reason: /knownInAdvance/ },
    { name: "a name of blanks", sent: row({}, { name: " " }, "regressor"), reason: /^\/columns\/name/ },
    {
      name: "a name that has no end",
      sent: row({}, { name: "a".repeat(81) }, "regressor"),
      reason: /^\/columns\/name/,
    },
    { name: "a century", sent: row({}, { to: "2126-11-19" }, "overrule"), reason: /3700 days or more/ },
  ])("with $name is refused", ({ sent, reason }) => {
    const parsed = read(sent);
    if (parsed.ok) expect.fail("it was read");
    if (typeof reason === "string") expect(parsed.reason).toBe(reason);
    else expect(parsed.reason).toMatch(reason);
  });
});

describe("the topic of rows", () => {
  it.each([
    { place: { tenant: "acme", store: "ginza" }, topic: "kazoe/v1/acme/ginza/-/rows" },
    { place: { tenant: "acme" }, topic: "kazoe/v1/acme/-/-/rows" },
    { place: undefined, topic: "kazoe/v1/-/-/-/rows" },
  ])("is $topic, and none of a device", ({ place, topic }) => {
    expect(rowTopicOf(place)).toBe(topic);
    expect(parseRowTopic(topic)).toEqual(place ? { place } : {});
    expect(parseTopic(topic)).toBeUndefined();
  });

  it.each(["kazoe/v1/acme/ginza/cam-1/rows", "kazoe/v1/acme/ginza/-/rows/x", "kazoe/v1/Acme/ginza/-/rows", ""])(
    "is not '%s'",
    (topic) => expect(parseRowTopic(topic)).toBeUndefined(),
  );
});
