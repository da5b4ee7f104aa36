import Type from "typebox";
import { Identifier } from "../../firmware-config/contract/identifier.ts";
import { SEVERITIES } from "./rules/rule-config.ts";

const TYPES = ["job.started", "job.ended", "job.failed"] as const;

const AllowPrivate = Type.Boolean({
  default: false,
  description:
    "true: it may be in a network of your own (10/8, 192.168/16, this machine, ...); without it no such address is called",
});

const WebhookConfig = Type.Object(
  {
    url: Type.String({
      pattern: "^https?://",
      maxLength: 2_000,
      description: "gets a POST of JSON for each alert; http with allowPrivate only",
    }),
    secretFile: Type.String({
      minLength: 1,
      description: "file with the secret of the signature, `kazoe token` makes one (relative to this file)",
    }),
    on: Type.Array(Type.Enum([...TYPES]), {
      default: ["job.failed"],
      maxItems: 10,
      description: "which alerts it gets",
    }),
    allowPrivate: AllowPrivate,
  },
  { additionalProperties: false, description: "a signed HTTP call for what happens to jobs" },
);
export type WebhookConfig = Type.Static<typeof WebhookConfig>;

const url = (description: string) => Type.String({ pattern: "^https?://", maxLength: 2_000, description });
const file = (description: string) =>
  Type.String({ minLength: 1, description: `file with ${description} (relative to this file)` });

/** What every sink has. */
const COMMON = {
  name: Identifier,
  minSeverity: Type.Enum([...SEVERITIES], { default: "warning", description: "what is less is not sent there" }),
  tenants: Type.Optional(
    Type.Array(Identifier, { minItems: 1, maxItems: 1_000, description: "only alerts of these; left out: all" }),
  ),
  language: Type.Enum(["en", "ja"], { default: "en", description: "of texts" }),
  perMinute: Type.Integer({ default: 30, minimum: 1, maximum: 600, description: "calls at most" }),
  allowPrivate: AllowPrivate,
};

const sink = <T extends string, P extends Record<string, Type.TSchema>>(type: T, own: P, description: string) =>
  Type.Object(
    { type: Type.Literal(type, { description }), ...COMMON, ...own },
    { additionalProperties: false, description },
  );

const SINKS = [
  sink(
    "alertmanager",
    {
      url: url("of Alertmanager, without /api; http with allowPrivate only"),
      tokenFile: Type.Optional(file("a bearer token")),
      resendS: Type.Integer({
        default: 60,
        minimum: 10,
        maximum: 3_600,
        description: "open alerts are posted again so often; each ends there after four times that without us",
      }),
    },
    "Prometheus Alertmanager, API v2",
  ),
  sink(
    "webhook",
    {
      url: url("gets a POST of Alertmanager's webhook body, version 4"),
      secretFile: file("the secret of the signature"),
    },
    "any receiver of Alertmanager's webhook",
  ),
  sink(
    "pagerduty",
    {
      routingKeyFile: file("the integration key of Events API v2"),
      url: Type.String({
        pattern: "^https?://",
        maxLength: 2_000,
        default: "https://events.pagerduty.com",
        description: "https://events.eu.pagerduty.com in the EU",
      }),
    },
    "PagerDuty",
  ),
  sink("slack", { urlFile: file("the address of an incoming webhook, which is a secret") }, "Slack"),
  sink(
    "mail",
    {
      host: Type.String({ minLength: 1, maxLength: 253, description: "SMTP server" }),
      port: Type.Integer({ default: 587, minimum: 1, maximum: 65_535, description: "of it" }),
      tls: Type.Enum(["implicit", "starttls", "none"], {
        default: "starttls",
        description: "none only with allowPrivate, in a network of your own",
      }),
      user: Type.Optional(Type.String({ minLength: 1, maxLength: 320, description: "who logs in" })),
      passwordFile: Type.Optional(file("its password")),
      from: Type.String({ minLength: 3, maxLength: 320, pattern: "@", description: "sender" }),
      to: Type.Array(Type.String({ minLength: 3, maxLength: 320, pattern: "@" }), {
        minItems: 1,
        maxItems: 100,
        description: "receivers",
      }),
    },
    "e-mail",
  ),
  sink(
    "mqtt",
    {
      url: Type.String({ pattern: "^mqtts?://", maxLength: 2_000, description: "broker; mqtt with allowPrivate only" }),
      topic: Type.String({
        default: "kazoe/alerts",
        minLength: 1,
        maxLength: 200,
        pattern: "^[^#+\\u0000]+$",
        description: "before /tenant/store/device",
      }),
      user: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "who logs in" })),
      passwordFile: Type.Optional(file("its password")),
    },
    "MQTT, retained",
  ),
] as const;
export type SinkConfig = Type.Static<(typeof SINKS)[number]>;

/** `oneOf` with a discriminator: the validator then fills in the defaults of the chosen one. */
const AnySink = Type.Unsafe<SinkConfig>({
  type: "object",
  discriminator: { propertyName: "type" },
  oneOf: SINKS,
  required: ["type"],
  description: "somebody who is told",
});

const Heartbeat = Type.Object(
  {
    urlFile: file("the address that is called, for example of a check that mails when calls end"),
    everyS: Type.Integer({ default: 60, minimum: 10, maximum: 3_600, description: "between two calls" }),
    allowPrivate: Type.Boolean({ default: false, description: "as of a sink" }),
  },
  { additionalProperties: false, description: "who notices when this program is no more" },
);

const time = (description: string) =>
  Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$", description }));

const Maintenance = Type.Object(
  {
    tenant: Type.Optional(Identifier),
    store: Type.Optional(Identifier),
    device: Type.Optional(Identifier),
    from: time("local time of the store, YYYY-MM-DDTHH:MM"),
    to: time("the first minute after it"),
    daily: Type.Optional(
      Type.String({ maxLength: 40, description: 'every day, "02:00-04:00" of the store, past midnight too' }),
    ),
    note: Type.String({ minLength: 1, maxLength: 200, description: "what is done" }),
  },
  { additionalProperties: false, description: "nothing is judged meanwhile" },
);
export type MaintenanceConfig = Type.Static<typeof Maintenance>;

/** Who hears of what happens, and what is looked at. */
export const AlertsConfig = Type.Object(
  {
    webhook: Type.Optional(WebhookConfig),
    rules: Type.Optional(
      Type.String({ minLength: 1, description: "folder with alert rules of your own (relative to this file)" }),
    ),
    tickS: Type.Integer({ default: 60, minimum: 5, maximum: 3_600, description: "between two looks at everything" }),
    groupWaitS: Type.Integer({
      default: 60,
      minimum: 0,
      maximum: 3_600,
      description: "an alert is told after so long; one that ends before is told to nobody",
    }),
    groupIntervalS: Type.Integer({
      default: 300,
      minimum: 0,
      maximum: 86_400,
      description: "between two messages of one alert that has not ended",
    }),
    keepDays: Type.Integer({
      default: 400,
      minimum: 30,
      maximum: 3_700,
      description: "how long ended alerts are kept",
    }),
    maintenance: Type.Array(Maintenance, {
      default: [],
      maxItems: 1_000,
      description: "when somebody works on something",
    }),
    sinks: Type.Array(AnySink, { default: [], maxItems: 20, description: "who is told of ill devices" }),
    heartbeat: Type.Optional(Heartbeat),
  },
  { additionalProperties: false, default: {}, description: "who hears of what happens" },
);
export type AlertsConfig = Type.Static<typeof AlertsConfig>;
