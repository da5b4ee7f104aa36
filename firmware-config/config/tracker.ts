import Type from "typebox";

const score = (fallback: number, description: string) =>
  Type.Number({ default: fallback, minimum: 0, maximum: 1, description });

/** Thresholds of the tracker; all times are seconds, so that they hold at any frame rate. */
export const TrackerConfig = Type.Object(
  {
    highScore: score(0.4, "detections from this score on are matched first"),
    lowScore: score(0.1, "detections below this score are ignored; between the two they only continue a track"),
    newTrackScore: score(0.5, "a new person needs at least this score"),
    confirmS: Type.Number({
      default: 0.25,
      minimum: 0,
      maximum: 10,
      description: "seconds a new person must be followed before it gets an id",
    }),
    lostS: Type.Number({
      default: 2,
      minimum: 0,
      maximum: 30,
      description: "seconds an unseen person is remembered",
    }),
  },
  { additionalProperties: false, default: {}, description: "how detections are joined to tracks" },
);

export type TrackerConfig = Type.Static<typeof TrackerConfig>;
