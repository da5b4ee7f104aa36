import Type from "typebox";
import { Point } from "./geometry.ts";
import { oneOfTypes } from "./one-of-types.ts";

const WholeRegion = Type.Object(
  { type: Type.Literal("whole", { description: "the whole picture" }) },
  { additionalProperties: false, description: "the whole picture" },
);

const AutoRegion = Type.Object(
  {
    type: Type.Literal("auto", { description: "around the lines and zones" }),
    margin: Type.Number({
      default: 1,
      minimum: 0,
      maximum: 10,
      description: "how far it reaches beyond the lines and zones to each side, in heights of a person (personHeight)",
    }),
  },
  {
    additionalProperties: false,
    description: "around the camera's lines and zones, with the people who stand on them",
  },
);

const RectangleRegion = Type.Object(
  {
    type: Type.Literal("rectangle", { description: "as drawn" }),
    from: Type.Tuple(Point.items, { description: "its upper left corner, [x, y], each 0..1" }),
    to: Type.Tuple(Point.items, { description: "its lower right corner, [x, y], each 0..1" }),
  },
  { additionalProperties: false, description: "from its upper left corner to its lower right one" },
);

/** The part of the picture in which the model looks for persons. */
export const RegionConfig = oneOfTypes([WholeRegion, AutoRegion, RectangleRegion] as const, {
  fallback: "whole",
  description:
    "where the model looks for persons: in the `whole` picture, `auto` around the lines and zones, or in a `rectangle`; a smaller region shows the model small people larger, at no cost",
});

/** How many pictures the model is shown of it. */
export const TilesConfig = Type.Object(
  {
    columns: Type.Integer({ default: 1, minimum: 1, maximum: 4, description: "tiles beside each other" }),
    rows: Type.Integer({ default: 1, minimum: 1, maximum: 4, description: "tiles above each other" }),
    overlap: Type.Number({
      default: 0.25,
      minimum: 0,
      maximum: 0.5,
      description: "of a tile's side that it shares with the next; more than a person's width keeps people whole",
    }),
  },
  {
    additionalProperties: false,
    default: {},
    description:
      "cuts the region into tiles that the model sees one by one: columns x rows runs of the model a picture",
  },
);

export type RegionConfig = Type.Static<typeof RegionConfig>;
export type TilesConfig = Type.Static<typeof TilesConfig>;
