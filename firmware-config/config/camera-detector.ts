import Type from "typebox";
import { oneOfTypes } from "./one-of-types.ts";

const ModelChoice = Type.Object(
  {
    type: Type.Literal("model", {
      description: "the device's `detector`, for people seen from the side or at a slant",
    }),
  },
  {
    additionalProperties: false,
    description: "the model of the device's `detector`: for views in which people are seen from the side",
  },
);

const OverheadChoice = Type.Object(
  {
    type: Type.Literal("overhead", { description: "a learned background, straight down" }),
    personWidth: Type.Optional(
      Type.Number({
        minimum: 0.03,
        maximum: 0.9,
        description:
          "width of a person, shoulder to shoulder, of the picture's width; default: learned from those who pass",
      }),
    ),
    confirmS: Type.Number({
      default: 0.1,
      minimum: 0,
      maximum: 10,
      description: "in place of tracker.confirmS; who walks below a camera is in the picture for a second",
    }),
    lineConfirmS: Type.Number({
      default: 0.2,
      minimum: 0,
      maximum: 10,
      description: "in place of confirmS of this camera's lines",
    }),
  },
  {
    additionalProperties: false,
    description: "a learned background, for cameras that look straight down; needs no model",
  },
);

/** What finds persons in the pictures of one camera. */
export const CameraDetector = oneOfTypes([ModelChoice, OverheadChoice] as const, {
  fallback: "model",
  description: "what finds persons: `model`, or `overhead` for a camera that looks straight down",
});

export type CameraDetector = Type.Static<typeof CameraDetector>;
export type OverheadChoice = Type.Static<typeof OverheadChoice>;
