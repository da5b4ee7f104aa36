import Type from "typebox";

const score = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const seconds = (fallback: number, maximum: number, description: string) =>
  Type.Number({ default: fallback, minimum: 0, maximum, description });

const HIGH = "detections from this score on are matched first";
const LOW = "detections below this score are ignored; between the two they only continue a track";
const NEW = "a new person needs at least this score";

/** From which scores on a model's detections are believed; models differ, so each brings its own. */
export const ScoreGates = Type.Object(
  { newTrackScore: score(NEW), highScore: score(HIGH), lowScore: score(LOW) },
  { additionalProperties: false },
);
export type ScoreGates = Type.Static<typeof ScoreGates>;

/** What holds for a detector that brings none. */
export const USUAL_GATES: ScoreGates = { newTrackScore: 0.6, highScore: 0.5, lowScore: 0.1 };

const TIMES = {
  confirmS: seconds(0.25, 10, "seconds a new person must be seen before it counts, then from its first picture on"),
  lostS: seconds(2.5, 30, "seconds an unseen person is remembered"),
  stillS: seconds(
    10,
    3600,
    "what has not moved for this long is remembered as a thing; nothing counts before it has moved; 0 = all counts",
  ),
};

/** Thresholds of the tracker; all times are seconds, so that they hold at any frame rate. */
export const TrackerConfig = Type.Object(
  {
    highScore: Type.Number({ ...score(HIGH), default: USUAL_GATES.highScore }),
    lowScore: Type.Number({ ...score(LOW), default: USUAL_GATES.lowScore }),
    newTrackScore: Type.Number({ ...score(NEW), default: USUAL_GATES.newTrackScore }),
    ...TIMES,
  },
  { additionalProperties: false, default: {} },
);
export type TrackerConfig = Type.Static<typeof TrackerConfig>;

/** The same as a device's configuration says it: scores that it leaves out are the model's. */
export const DeviceTracker = Type.Object(
  {
    highScore: Type.Optional(score(`${HIGH}; default: the model's, else ${USUAL_GATES.highScore}`)),
    lowScore: Type.Optional(score(`${LOW}; default: the model's, else ${USUAL_GATES.lowScore}`)),
    newTrackScore: Type.Optional(score(`${NEW}; default: the model's, else ${USUAL_GATES.newTrackScore}`)),
    ...TIMES,
  },
  { additionalProperties: false, default: {}, description: "how detections are joined to tracks" },
);
export type DeviceTracker = Type.Static<typeof DeviceTracker>;

/** A device's thresholds, with the model's where it says nothing; an unasked score gives way to an asked one. */
export function withGates(tracker: DeviceTracker, gates: ScoreGates = USUAL_GATES): TrackerConfig {
  const { confirmS, lostS, stillS } = tracker;
  const { newTrackScore = gates.newTrackScore, lowScore = gates.lowScore } = tracker;
  const highScore = tracker.highScore ?? Math.max(lowScore, Math.min(gates.highScore, newTrackScore));
  return {
    confirmS,
    lostS,
    stillS,
    highScore,
    lowScore: Math.min(lowScore, highScore),
    newTrackScore: Math.max(newTrackScore, highScore),
  };
}
