import Type from "typebox";
import { oneOfTypes } from "../firmware-config/config/one-of-types.ts";
import { Identifier } from "../firmware-config/contract/identifier.ts";
import { ROW_TABLE_NAMES } from "../firmware-config/contract/row.ts";
import { AlertsConfig } from "./alerts/alerts-config.ts";
import { InboxConfig } from "./inbox/inbox-config.ts";
import { PubSubConfig } from "./pubsub/pubsub-config.ts";
import { BigQueryConfig } from "./warehouse/bigquery/bigquery-config.ts";
import { DuckDbConfig } from "./warehouse/duckdb/duckdb-config.ts";

const Sha256 = Type.String({
  pattern: "^[0-9a-f]{64}$",
  description: "SHA-256 of the token, hex; `kazoe token` prints it",
});

const StoreConfig = Type.Object(
  {
    tenant: Identifier,
    store: Identifier,
    name: Type.String({ minLength: 1, maxLength: 120, description: "what the dashboard calls it" }),
    timeZone: Type.String({
      minLength: 1,
      maxLength: 64,
      description: "IANA name, e.g. Asia/Tokyo; decides the business date",
    }),
    note: Type.Optional(
      Type.String({ minLength: 1, maxLength: 400, description: "what readers of the dashboard should know" }),
    ),
  },
  { additionalProperties: false, description: "a retail client's shop" },
);

const DeviceAccess = Type.Object(
  { tenant: Identifier, store: Identifier, device: Identifier, tokenSha256: Sha256 },
  { additionalProperties: false, description: "a device that may publish, and nothing but its own topics" },
);

const ReaderAccess = Type.Object(
  {
    name: Identifier,
    tenant: Type.Optional(Identifier),
    tokenSha256: Sha256,
    acts: Type.Optional(
      Type.Boolean({
        description: "true: may also say on the page for operations that an alert is acted on, silent or none",
      }),
    ),
    writes: Type.Optional(
      Type.Array(Type.Enum([...ROW_TABLE_NAMES]), {
        maxItems: 20,
        description: "tables of which POST /rows takes rows from this reader, of his tenant; default deny: none",
      }),
    ),
  },
  {
    additionalProperties: false,
    description: "who may read; one tenant's stores, or all and /metrics when no tenant is named",
  },
);

const BrokerConfig = Type.Object(
  {
    host: Type.String({ default: "127.0.0.1", description: "address to listen on" }),
    port: Type.Integer({ default: 1883, minimum: 0, maximum: 65535, description: "0 = any free port" }),
    certFile: Type.Optional(Type.String({ description: "PEM certificate; with keyFile the broker speaks TLS" })),
    keyFile: Type.Optional(Type.String({ description: "PEM private key" })),
    allowPlaintext: Type.Boolean({
      default: false,
      description: "listen beyond this machine without TLS; only on a network that is yours alone",
    }),
  },
  { additionalProperties: false, default: {}, description: "the MQTT broker" },
);

const HttpConfig = Type.Object(
  {
    host: Type.String({
      default: "127.0.0.1",
      description: "address to listen on; any other than loopback needs readers",
    }),
    port: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: "0 = any free port" }),
    readers: Type.Array(ReaderAccess, {
      default: [],
      maxItems: 1000,
      description: "who may read the dashboards; empty = this machine alone",
    }),
    trustProxy: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      default: [],
      maxItems: 100,
      description:
        "addresses or CIDR ranges of your reverse proxies, whose X-Forwarded-For is believed; whoever else sends from there may call himself any address",
    }),
  },
  { additionalProperties: false, default: {}, description: "dashboards, CSV, health and metrics" },
);

const CRON = "cron expression in UTC, or { cron, timezone }: timezone an IANA name, or stores for each store's own";
const schedule = (fallback: string, description: string) =>
  Type.Union(
    [
      Type.String(),
      Type.Object({ cron: Type.String(), timezone: Type.String({ maxLength: 64 }) }, { additionalProperties: false }),
    ],
    { default: fallback, description: `${description}; ${CRON}` },
  );

const JobsConfig = Type.Object(
  {
    rollUp: schedule("*/5 * * * *", "hourly and daily tables of the days with new counts"),
    archive: schedule("15 2 * * *", "closed days to Parquet"),
    quality: schedule("40 * * * *", "counts that cannot be believed, of the days that are over"),
    forecast: schedule("10 19 * * *", "what is expected of the next days and hours; best in the night of the stores"),
    today: schedule("*/15 * * * *", "what is expected of the day under way, from the hours already counted"),
    renewForecast: schedule("40 18 * * 0", "models are learnt anew and tried on the past; the better one stays"),
    cluster: schedule("20 20 * * 0", "stores, doors and zones whose weeks are alike, and kinds of days"),
    forecastModel: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "an ONNX model that forecasts beside our own members, where it was better on the past (relative to this file); what it takes and gives: cloud-ingest/forecast",
      }),
    ),
    hotDays: Type.Integer({ default: 3, minimum: 0, maximum: 366, description: "days that stay in the hot database" }),
  },
  { additionalProperties: false, default: {}, description: "batch jobs" },
);

/** Everything that the cloud half needs to know, one YAML file. */
export const CloudConfig = Type.Object(
  {
    dataDir: Type.String({
      default: "data",
      minLength: 1,
      description: "folder for inbox and warehouse (relative to this file)",
    }),
    bus: oneOfTypes([InboxConfig, PubSubConfig], {
      fallback: "inbox",
      description: "what carries messages to ingest",
    }),
    warehouse: oneOfTypes([DuckDbConfig, BigQueryConfig], { fallback: "duckdb", description: "where rows are kept" }),
    stores: Type.Array(StoreConfig, { minItems: 1, maxItems: 100000 }),
    registry: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "opening hours, holidays and events of the stores: a YAML file, or a folder with one for each tenant (relative to this file); reference in cloud-ingest/registry",
      }),
    ),
    devices: Type.Array(DeviceAccess, {
      default: [],
      maxItems: 100000,
      description: "default deny: only these may connect",
    }),
    broker: BrokerConfig,
    http: HttpConfig,
    jobs: JobsConfig,
    alerts: AlertsConfig,
    logLevel: Type.Enum(["error", "warn", "info", "debug"], { default: "info", description: "what goes to the log" }),
  },
  { additionalProperties: false, title: "Kazoe cloud configuration" },
);

export type StoreConfig = Type.Static<typeof StoreConfig>;
export type DeviceAccess = Type.Static<typeof DeviceAccess>;
export type ReaderAccess = Type.Static<typeof ReaderAccess>;
export type BrokerConfig = Type.Static<typeof BrokerConfig>;
export type HttpConfig = Type.Static<typeof HttpConfig>;
export type ScheduleConfig = JobsConfig["quality"];
export type JobsConfig = Type.Static<typeof JobsConfig>;
export type CloudConfig = Type.Static<typeof CloudConfig>;
