import { DuckDBInstance, listValue } from "@duckdb/node-api";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import type { ZoneLibrary } from "../../zone/compare.ts";
import { numberOf } from "../row.ts";
import { Session } from "./session.ts";

/** Gives `work` the rules inside DuckDB, which whoever reads the warehouse with its `timezone` functions sees; no file is opened. */
export async function withDuckDbZones<T>(work: (library: ZoneLibrary) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return await work(libraryOn(new Session(connection)));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const libraryOn = (session: Session): ZoneLibrary => ({
  name: "DuckDB",
  async offsetsS(timeZone, instantsMs) {
    try {
      const rows = await session.rows(
        `SELECT epoch(timezone($1, to_timestamp(at_s))) - at_s AS offset_s
         FROM (SELECT unnest($2)::BIGINT AS at_s, generate_subscripts($2, 1) AS place) ORDER BY place`,
        [timeZone, listValue(instantsMs.map((epochMs) => BigInt(Math.floor(epochMs / 1000))))],
      );
      return rows.map((row) => numberOf(row, "offset_s"));
    } catch (error) {
      if (/Unknown TimeZone/i.test(messageOf(error))) return undefined;
      throw error;
    }
  },
});
