import Type from "typebox";
import { describe, expect, it } from "vitest";
import { columnsOf, DATA_COLUMNS, snakeCase } from "../../../cloud-ingest/warehouse/columns.ts";

describe("columns", () => {
  it.each([
    { name: "a date-time", schema: Type.String({ format: "date-time" }), type: "timestamp" },
    { name: "a text", schema: Type.String(), type: "text" },
    { name: "a word of a list", schema: Type.Union([Type.Literal("a"), Type.Literal("b")]), type: "text" },
    { name: "a word of an enum", schema: Type.Enum(["a", "b"]), type: "text" },
    { name: "a number or nothing", schema: Type.Union([Type.Number(), Type.Null()]), type: "number" },
    { name: "nothing or a number", schema: Type.Union([Type.Null(), Type.Number()]), type: "number" },
    { name: "the version", schema: Type.Literal(1), type: "integer" },
    { name: "an integer", schema: Type.Integer(), type: "integer" },
    { name: "a truth", schema: Type.Boolean(), type: "boolean" },
    { name: "a list", schema: Type.Array(Type.Number()), type: "json" },
    { name: "a thing", schema: Type.Object({}), type: "json" },
    { name: "something optional", schema: Type.Optional(Type.Integer()), type: "integer" },
  ])("stores $name as $type", ({ schema, type }) => {
    expect(columnsOf({ someField: schema })).toEqual([{ name: "some_field", field: "someField", type }]);
  });

  it.each([
    ["passersBy", "passers_by"],
    ["windowS", "window_s"],
    ["in", "in"],
    ["temperatureC", "temperature_c"],
  ])("calls %s %s", (field, name) => expect(snakeCase(field)).toBe(name));

  it("has every field of the contract, and whose it is", () => {
    const names = DATA_COLUMNS.counts.map((column) => column.name);
    expect(names.slice(0, 5)).toEqual(["tenant", "store", "event_id", "date", "received_at"]);
    expect(names).toEqual(expect.arrayContaining(["window_start", "dwell_histogram", "observed_s", "historical"]));
    expect(names).not.toContain("kind");
    expect(new Set(names).size).toBe(names.length);
  });

  it("has the fields of both kinds of event", () => {
    const types = Object.fromEntries(DATA_COLUMNS.events.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({ event_kind: "text", target_id: "text", direction: "text" });
    expect(types).toMatchObject({ entered_at: "timestamp", dwell_s: "number", stop: "boolean" });
  });
});
