import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { RowEncoder } from "../../../../cloud-ingest/warehouse/bigquery/row-encoder.ts";
import type { Column } from "../../../../cloud-ingest/warehouse/columns.ts";

const column = (name: string, type: Column["type"], field = name): Column => ({ name, field, type });

const encoder = new RowEncoder([
  column("store", "text"),
  column("in", "integer"),
  column("dwell_s", "number", "dwellS"),
  column("partial", "boolean"),
  column("date", "date"),
  column("received_at", "timestamp", "receivedAt"),
  column("histogram", "json"),
]);

const reader = new protobuf.Type("row")
  .add(new protobuf.Field("store", 1, "string"))
  .add(new protobuf.Field("in", 2, "int64"))
  .add(new protobuf.Field("dwell_s", 3, "double"))
  .add(new protobuf.Field("partial", 4, "bool"))
  .add(new protobuf.Field("date", 5, "int32"))
  .add(new protobuf.Field("received_at", 6, "int64"))
  .add(new protobuf.Field("histogram", 7, "string"));

const read = (row: object) => reader.toObject(reader.decode(encoder.encode(row)), { longs: Number });

describe("a row as it is sent", () => {
  it("has days since 1970 for dates, microseconds for times, and text for JSON", () => {
    const row = { store: "日本", in: 7, dwellS: 1.5, partial: false, histogram: [1, 2] };
    expect(read({ ...row, date: "2026-11-26", receivedAt: "2026-11-26T09:00:00.250+09:00" })).toEqual({
      ...{ store: "日本", in: 7, dwell_s: 1.5, partial: false, histogram: "[1,2]" },
      ...{ date: 20_783, received_at: Date.parse("2026-11-26T00:00:00.250Z") * 1000 },
    });
  });

  it("leaves out what is missing or null, and what is no column", () => {
    expect(read({ store: null, in: 0, more: "x" })).toEqual({ in: 0 });
  });

  it.each(["date", "receivedAt"])("is none when its %s is no time", (field) => {
    expect(() => encoder.encode({ [field]: "never" })).toThrow('"never" is no time');
  });
});
