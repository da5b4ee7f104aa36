import Type from "typebox";

/** What the configuration says of the warehouse on DuckDB. */
export const DuckDbConfig = Type.Object(
  {
    type: Type.Literal("duckdb", { description: "one file and date-partitioned Parquet on this machine" }),
    // Half of what a machine of 1 GB has left beside Node.js and the system; 300 messages a second were seen to use 70 MB.
    memoryMb: Type.Integer({
      default: 256,
      minimum: 64,
      maximum: 1048576,
      description: "memory that DuckDB may use for itself; beyond it, it works on the disk",
    }),
  },
  { additionalProperties: false },
);
