import Type from "typebox";
import { envelopeFields, Timestamp } from "./envelope.ts";
import { Identifier } from "./identifier.ts";

/** A single crossing or visit; holds neither picture nor identity. */
export const EventMessage = Type.Object(
  {
    ...envelopeFields,
    kind: Type.Literal("events"),
    cameraId: Identifier,
    eventKind: Type.Union([Type.Literal("crossing"), Type.Literal("visit")], { description: "what happened" }),
    targetId: Identifier,
    direction: Type.Optional(Type.Union([Type.Literal("in"), Type.Literal("out")], { description: "of a crossing" })),
    enteredAt: Type.Optional(Timestamp),
    dwellS: Type.Optional(Type.Number({ minimum: 0, description: "of a visit, seconds" })),
    stop: Type.Optional(Type.Boolean({ description: "true for a visit of at least the zone's stopS" })),
  },
  { additionalProperties: false, title: "events" },
);

export type EventMessage = Type.Static<typeof EventMessage>;
