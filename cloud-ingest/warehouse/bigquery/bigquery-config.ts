import Type from "typebox";

/** An old project belongs to a domain: `example.com:shop`. */
const PROJECT = "^([a-z0-9-]+([.][a-z0-9-]+)+:)?[a-z][a-z0-9-]*$";
const HOST_AND_PORT = "^([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+\\]):[0-9]{1,5}$";
const LABEL = "^[a-z][a-z0-9_-]{0,62}$";

const limit = (fallback: number, description: string) =>
  Type.Integer({ default: fallback, minimum: 10, maximum: 1_073_741_824, description });

/** What the configuration says of the warehouse on BigQuery. */
export const BigQueryConfig = Type.Object(
  {
    type: Type.Literal("bigquery", { description: "Google Cloud BigQuery, for any number of processes" }),
    project: Type.String({ minLength: 3, maxLength: 255, pattern: PROJECT, description: "Google Cloud project" }),
    dataset: Type.String({
      minLength: 1,
      maxLength: 1024,
      pattern: "^\\w+$",
      description: "dataset, which must be there",
    }),
    location: Type.String({
      default: "asia-northeast1",
      pattern: "^[A-Za-z0-9-]{2,40}$",
      description: "where the dataset lies: a region, or US or EU",
    }),
    migrate: Type.Enum(["at-start", "by-command"], {
      default: "at-start",
      description:
        "who makes tables, columns and views that are missing: every start, or `kazoe warehouse migrate` alone",
    }),
    keepDays: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: 36_500,
        description:
          "days that counts, events, health and quarantine are kept; hours and days stay; left out, all stay",
      }),
    ),
    maxReadMb: limit(10_240, "most that one read for a page, a CSV file or a command may be billed for, MiB"),
    maxJobMb: limit(102_400, "most that one statement of a job may be billed for, MiB"),
    labels: Type.Record(Type.String({ pattern: LABEL }), Type.String({ pattern: "^[a-z0-9_-]{0,63}$" }), {
      default: {},
      maxProperties: 50,
      description: "labels of the tables and of every query, for the bill",
    }),
    emulator: Type.Optional(
      Type.Object(
        {
          rest: Type.String({ pattern: HOST_AND_PORT, description: "host:port of its REST API" }),
          storage: Type.String({ pattern: HOST_AND_PORT, description: "host:port of its Storage Write API" }),
        },
        { additionalProperties: false, description: "an emulator, for tests" },
      ),
    ),
  },
  { additionalProperties: false },
);

export type BigQueryConfig = Type.Static<typeof BigQueryConfig>;
