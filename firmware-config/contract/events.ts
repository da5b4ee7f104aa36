import Type from "typebox";
import { envelopeFields, MAX_VISIT_S, Timestamp } from "./envelope.ts";
import { Identifier } from "./identifier.ts";

const eventFields = { ...envelopeFields, kind: Type.Literal("events"), cameraId: Identifier } as const;

/** A person went over a line. */
export const Crossing = Type.Object(
  {
    ...eventFields,
    eventKind: Type.Literal("crossing", { description: "targetId is a line" }),
    targetId: Identifier,
    direction: Type.Enum(["in", "out"], { description: "crossing: which way" }),
  },
  { additionalProperties: false },
);

/** A person was in a zone and has left it. */
export const Visit = Type.Object(
  {
    ...eventFields,
    eventKind: Type.Literal("visit", { description: "targetId is a zone" }),
    targetId: Identifier,
    enteredAt: Timestamp,
    dwellS: Type.Number({ minimum: 0, maximum: MAX_VISIT_S, description: "visit: seconds" }),
    stop: Type.Boolean({ description: "visit: true when at least the zone's stopS long" }),
  },
  { additionalProperties: false },
);

/** A single crossing or visit; holds neither picture nor identity. `discriminator` lets Ajv judge by the one schema that is meant. */
export const EventMessage = Type.Unsafe<Type.Static<typeof Crossing> | Type.Static<typeof Visit>>({
  type: "object",
  title: "events",
  discriminator: { propertyName: "eventKind" },
  required: ["eventKind"],
  oneOf: [Crossing, Visit],
});

export type EventMessage = Type.Static<typeof EventMessage>;
