import Type from "typebox";

const score = (fallback: number, description: string) =>
  Type.Number({ default: fallback, minimum: 0, maximum: 1, description });

const seconds = (fallback: number, maximum: number, description: string) =>
  Type.Number({ default: fallback, minimum: 0, maximum, description });

/** Thresholds of the tracker; all times are seconds, so that they hold at any frame rate. */
export const TrackerConfig = Type.Object(
  {
    highScore: score(0.5, "detections from this score on are matched first"),
    lowScore: score(0.1, "detections below this score are ignored; between the two they only continue a track"),
    newTrackScore: score(0.6, "a new person needs at least this score"),
    confirmS: seconds(0.25, 10, "seconds a new person must be seen before it counts, then from its first picture on"),
    lostS: seconds(2.5, 30, "seconds an unseen person is remembered"),
    stillS: seconds(
      10,
      3600,
      "what has not moved for this long is remembered as a thing; nothing counts before it has moved; 0 = all counts",
    ),
  },
  { additionalProperties: false, default: {}, description: "how detections are joined to tracks" },
);

export type TrackerConfig = Type.Static<typeof TrackerConfig>;
