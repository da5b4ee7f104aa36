import Type from "typebox";
import { envelopeFields } from "./envelope.ts";
import { Identifier } from "./identifier.ts";
import { openWord } from "./open-word.ts";

const nonNegative = (description: string) => Type.Number({ minimum: 0, description });
const tally = (description: string) => Type.Integer({ minimum: 0, description });

const CameraHealth = Type.Object(
  {
    id: Identifier,
    status: openWord(
      ["starting", "ok", "stalled", "lost", "ended"],
      "stalled = connected, no frames; lost = not connected; ended = file played; more may follow",
    ),
    fps: nonNegative("frames worked on per second since the last message"),
    frames: tally("frames worked on since the start"),
    droppedFrames: tally("frames that a newer one replaced, since the start"),
    reconnects: tally("restarts of the source since the start"),
  },
  { additionalProperties: false },
);

/** Vitals of a device. */
export const HealthMessage = Type.Object(
  {
    ...envelopeFields,
    kind: Type.Literal("health"),
    uptimeS: nonNegative("seconds since the agent started"),
    cpuPercent: nonNegative("load of all cores, 0..100"),
    memoryUsedMb: nonNegative("memory in use on the machine"),
    memoryTotalMb: nonNegative("memory of the machine"),
    rssMb: nonNegative("memory of the agent"),
    temperatureC: Type.Union([Type.Number(), Type.Null()], {
      description: "of the processor; null where it has no sensor",
    }),
    diskFreeMb: nonNegative("free space where the outbox lives"),
    inferenceMs: nonNegative("mean time of the model per frame since the last message"),
    outboxDepth: tally("messages not yet acknowledged by the broker"),
    outboxBytes: tally("their size"),
    outboxOldestAgeS: nonNegative("age of the oldest of them"),
    outboxDropped: tally(
      "messages given up because the outbox was full, they were too old or the disk damaged them, since the outbox was made",
    ),
    cameras: Type.Array(CameraHealth, { maxItems: 16 }),
  },
  { additionalProperties: false, title: "health" },
);

export type CameraHealth = Type.Static<typeof CameraHealth>;
export type HealthMessage = Type.Static<typeof HealthMessage>;
