import Type from "typebox";
import { envelopeFields, MAX_VISIT_S, Timestamp } from "./envelope.ts";
import { Identifier } from "./identifier.ts";
import { viewFaultWord } from "./view.ts";

/** Upper bounds, in seconds, of the dwell histogram's bins; a last bin takes everything longer. */
export const DWELL_BOUNDS_S = [5, 10, 20, 30, 60, 120, 300, 600, 1800] as const;

/** Lengths of a window, seconds. Each divides a quarter of an hour, so no window straddles the hour or midnight of any time zone. */
export const WINDOW_SECONDS = [1, 5, 10, 15, 30, 60, 300, 900] as const;

/** A thousand persons a second through the longest window: no door is so wide. */
const MAX_COUNT = 1_000_000;
/** 11,000 frames a second in the longest window: no camera is so fast. */
const MAX_FRAMES = 10_000_000;
/** The dwell of as many visits as there may be, each of a year. */
const MAX_DWELL_S = MAX_COUNT * MAX_VISIT_S;
/** Twice an hour, the longest window that an agent was ever made for; `plausible.ts` compares with the window's own length. */
const MAX_OBSERVED_S = 7_200;

const count = (description: string) => Type.Integer({ minimum: 0, maximum: MAX_COUNT, description });

/** What was counted at one line or zone in one window. */
export const CountsMessage = Type.Object(
  {
    ...envelopeFields,
    kind: Type.Literal("counts"),
    cameraId: Identifier,
    targetKind: Type.Enum(["line", "zone"], { description: "what was counted at" }),
    targetId: Identifier,
    windowStart: Timestamp,
    windowS: Type.Integer({ enum: WINDOW_SECONDS, description: "length of the window, seconds" }),
    in: count("line: crossings from left to right of from -> to"),
    out: count("line: crossings from right to left"),
    visits: count("zone: visits that ended in the window"),
    stops: count("zone: visits of at least the zone's stopS"),
    passersBy: count("zone: visits shorter than the zone's stopS"),
    dwellS: Type.Number({
      minimum: 0,
      maximum: MAX_DWELL_S,
      description: "zone: sum of the dwell of the visits that ended, seconds",
    }),
    dwellHistogram: Type.Array(Type.Integer({ minimum: 0, maximum: MAX_COUNT }), {
      minItems: DWELL_BOUNDS_S.length + 1,
      maxItems: DWELL_BOUNDS_S.length + 1,
      description: `zone: visits by dwell; bounds ${DWELL_BOUNDS_S.join(", ")} s, then longer`,
    }),
    occupancyMin: count("zone: fewest persons inside at once"),
    occupancyMean: Type.Number({
      minimum: 0,
      maximum: MAX_COUNT,
      description: "zone: persons inside, averaged over the observed time",
    }),
    occupancyMax: count("zone: most persons inside at once"),
    frames: Type.Integer({ minimum: 0, maximum: MAX_FRAMES, description: "frames worked on in the window" }),
    observedS: Type.Number({
      minimum: 0,
      maximum: MAX_OBSERVED_S,
      description: "quality: seconds of the window in which the camera was watched",
    }),
    blindS: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: MAX_OBSERVED_S,
        description:
          "quality: seconds in which frames came and nobody could be seen in them (covered, frozen, black and the like), not in `observedS`; left out when there were none",
      }),
    ),
    viewFault: Type.Optional(
      viewFaultWord("quality: the worst fault of the camera's view that held in the window; more may follow"),
    ),
    partial: Type.Boolean({ description: "quality: true when the agent did not see the whole window" }),
  },
  { additionalProperties: false, title: "counts" },
);

export type CountsMessage = Type.Static<typeof CountsMessage>;
