import Type from "typebox";
import { DECODERS } from "./decoder.ts";
import { CENTURY_S, envelopeFields } from "./envelope.ts";
import { Identifier } from "./identifier.ts";
import { openWord } from "./open-word.ts";
import { PROVIDERS } from "./provider.ts";
import { viewWord } from "./view.ts";

/** A million GB, in MB: far above any machine's memory or disk. */
const MAX_MB = 1e12;
/** What a broken sensor reports (-274, 65,535) is no reason to refuse a message. */
const MAX_DEGREES = 100_000;
/** Ten thousand times the load that there can be: what a system miscounts is no reason either. */
const MAX_PERCENT = 1_000_000;
/** A thousand a second for 30,000 years; a warehouse adds many without losing one. */
const MAX_TALLY = 1e15;
const MAX_FPS = 1e6;
const MAX_INFERENCE_MS = CENTURY_S * 1000;

const upTo = (maximum: number, description: string) => Type.Number({ minimum: 0, maximum, description });
const seconds = (description: string) => upTo(CENTURY_S, description);
const megabytes = (description: string) => upTo(MAX_MB, description);
const tally = (description: string) => Type.Integer({ minimum: 0, maximum: MAX_TALLY, description });

const CameraHealth = Type.Object(
  {
    id: Identifier,
    status: openWord(
      ["starting", "ok", "stalled", "lost", "ended"],
      "stalled = connected, no frames; lost = not connected; ended = file played; more may follow",
    ),
    fps: upTo(MAX_FPS, "frames worked on per second since the last message"),
    frames: tally("frames worked on since the start"),
    droppedFrames: tally("frames that a newer one replaced, since the start"),
    reconnects: tally("restarts of the source since the start"),
    decoder: Type.Optional(
      openWord(
        DECODERS,
        "what ffmpeg is told to decode with now, where the configuration asks for hardware; `software` = it could not be had; more may follow",
      ),
    ),
    view: Type.Optional(
      viewWord("the worst that speaks against what the camera shows; no older device says it; more may follow"),
    ),
    viewS: Type.Optional(seconds("seconds for which `view` has been this word")),
  },
  { additionalProperties: false },
);

/** Vitals of a device. */
export const HealthMessage = Type.Object(
  {
    ...envelopeFields,
    kind: Type.Literal("health"),
    uptimeS: seconds("seconds since the agent started"),
    cpuPercent: upTo(MAX_PERCENT, "load of all cores, 0..100"),
    memoryUsedMb: megabytes("memory in use on the machine"),
    memoryTotalMb: megabytes("memory of the machine"),
    rssMb: megabytes("memory of the agent"),
    temperatureC: Type.Union([Type.Number({ minimum: -MAX_DEGREES, maximum: MAX_DEGREES }), Type.Null()], {
      description: "of the processor; null where it has no sensor",
    }),
    diskFreeMb: megabytes("free space where the outbox lives"),
    inferenceMs: upTo(MAX_INFERENCE_MS, "mean time of the model per frame since the last message"),
    modelProvider: Type.Optional(
      openWord(PROVIDERS, "what the model runs on now; no older device says it, nor one without a model"),
    ),
    outboxDepth: tally("messages not yet acknowledged by the broker"),
    outboxBytes: tally("their size"),
    outboxOldestAgeS: seconds("age of the oldest of them"),
    outboxDropped: tally(
      "messages given up because the outbox was full, they were too old or the disk damaged them, since the outbox was made",
    ),
    cameras: Type.Array(CameraHealth, { maxItems: 16 }),
  },
  { additionalProperties: false, title: "health" },
);

export type CameraHealth = Type.Static<typeof CameraHealth>;
export type HealthMessage = Type.Static<typeof HealthMessage>;
