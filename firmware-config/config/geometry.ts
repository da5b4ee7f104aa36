import Type from "typebox";
import { Identifier } from "../contract/identifier.ts";

const unit = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

/** A place in the picture: `[x, y]`, each 0..1 from the top left corner of the source picture. */
export const Point = Type.Tuple([unit("x, 0 = left edge, 1 = right edge"), unit("y, 0 = top edge, 1 = bottom edge")], {
  description: "[x, y], each 0..1 from the top left corner",
});

/** A counting line. Standing at `from` and looking to `to`, a person going from the left to the right hand counts `in`. */
export const LineConfig = Type.Object(
  {
    id: Identifier,
    name: Type.Optional(Type.String({ maxLength: 80, description: "what the dashboard calls it" })),
    from: Point,
    to: Point,
    bandRatio: Type.Number({
      default: 0.07,
      minimum: 0,
      maximum: 1,
      description: "half width of the undecided band around the line, in heights of the person's box",
    }),
    confirmS: Type.Number({
      default: 0.4,
      minimum: 0,
      maximum: 10,
      description: "seconds that a person must be seen beyond the band on each side before a crossing counts",
    }),
    uTurnS: Type.Number({
      default: 1,
      minimum: 0,
      maximum: 60,
      description: "a crossing taken back by the same person within this many seconds counts for neither direction",
    }),
  },
  { additionalProperties: false, description: "a counting line; left to right of from -> to is `in`" },
);

/** An area of the floor; a person is inside when the foot point of the box is. */
export const ZoneConfig = Type.Object(
  {
    id: Identifier,
    name: Type.Optional(Type.String({ maxLength: 80, description: "what the dashboard calls it" })),
    polygon: Type.Array(Point, { minItems: 3, maxItems: 64, description: "corners in order, at least three" }),
    stopS: Type.Number({
      default: 10,
      minimum: 0,
      maximum: 3600,
      description: "a visit of at least this many seconds is a stop",
    }),
    minVisitS: Type.Number({
      default: 0.5,
      minimum: 0,
      maximum: 60,
      description: "a stay shorter than this is not a visit",
    }),
    leaveAfterS: Type.Number({
      default: 1.5,
      minimum: 0,
      maximum: 60,
      description: "a person who is outside or unseen for less than this has not left",
    }),
  },
  { additionalProperties: false, description: "an area whose visits, stops, dwell and occupancy are counted" },
);

/** A part of the picture; a person is in it when the foot point of the box is. */
export const AreaConfig = Type.Object(
  {
    id: Identifier,
    polygon: Type.Array(Point, { minItems: 3, maxItems: 64, description: "corners in order, at least three" }),
  },
  { additionalProperties: false, description: "a part of the picture, by the foot point" },
);

export type Point = Type.Static<typeof Point>;
export type LineConfig = Type.Static<typeof LineConfig>;
export type AreaConfig = Type.Static<typeof AreaConfig>;
export type ZoneConfig = Type.Static<typeof ZoneConfig>;
