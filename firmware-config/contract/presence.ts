import Type from "typebox";
import { BootId, CONTRACT_VERSION, Timestamp } from "./envelope.ts";
import { Identifier } from "./identifier.ts";
import { openWord } from "./open-word.ts";
import { PROVIDERS } from "./provider.ts";

const presenceFields = {
  v: Type.Literal(CONTRACT_VERSION, { description: "major version of the contract" }),
  deviceId: Identifier,
  bootId: BootId,
  bootNumber: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "counts the starts of the agent on the device's disk: orders boots without a clock",
    }),
  ),
  ts: Timestamp,
} as const;

const Target = Type.Object(
  { id: Identifier, name: Type.Optional(Type.String({ maxLength: 80 })) },
  { additionalProperties: false },
);

/** Online or offline; `offline` is also the will, so `bootId` tells a late will of an earlier boot. */
export const StateMessage = Type.Object(
  {
    ...presenceFields,
    kind: Type.Literal("state"),
    state: Type.Enum(["online", "offline"]),
    reason: openWord(["start", "stop", "will"], "why; more may follow"),
    stateSeq: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "grows within a boot: what is larger holds, whatever the order of arrival",
      }),
    ),
  },
  { additionalProperties: false, title: "state" },
);

/** What the device is and what it counts. */
export const BirthMessage = Type.Object(
  {
    ...presenceFields,
    kind: Type.Literal("birth"),
    agentVersion: Type.String({ maxLength: 64 }),
    nodeVersion: Type.String({ maxLength: 64 }),
    modelName: Type.String({ maxLength: 200 }),
    modelSha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    modelProvider: Type.Optional(openWord(PROVIDERS, "what the model runs on; left out = the CPU")),
    configVersion: Type.String({ maxLength: 64, description: "hash of the configuration in force" }),
    cameras: Type.Array(
      Type.Object(
        {
          id: Identifier,
          name: Type.Optional(Type.String({ maxLength: 80 })),
          lines: Type.Array(Target, { maxItems: 32 }),
          zones: Type.Array(Target, { maxItems: 32 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 16 },
    ),
  },
  { additionalProperties: false, title: "birth" },
);

export type StateMessage = Type.Static<typeof StateMessage>;
export type BirthMessage = Type.Static<typeof BirthMessage>;
