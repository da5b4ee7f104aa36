import Type from "typebox";

const TYPES = ["job.started", "job.ended", "job.failed"] as const;

const WebhookConfig = Type.Object(
  {
    url: Type.String({
      pattern: "^https?://",
      maxLength: 2_000,
      description: "gets a POST of JSON for each alert; https, or http on this machine",
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
  },
  { additionalProperties: false, description: "a signed HTTP call" },
);
export type WebhookConfig = Type.Static<typeof WebhookConfig>;

/** Who hears of what happens. */
export const AlertsConfig = Type.Object(
  { webhook: Type.Optional(WebhookConfig) },
  { additionalProperties: false, default: {}, description: "who hears of what happens" },
);
export type AlertsConfig = Type.Static<typeof AlertsConfig>;
