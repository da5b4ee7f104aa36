import type { Levels } from "./family.ts";

/** R, G, B from 0 to 1. */
export const UNIT_RGB: Levels = { order: "rgb", level: (byte) => byte / 255 };

/** Levels less their mean in parts of their spread, by plane; `most` = what a byte of 255 stands for. */
export function normalised(
  order: Levels["order"],
  { most, mean, spread }: { most: number; mean: readonly number[]; spread: readonly number[] },
): Levels {
  return {
    order,
    level: (byte, plane) => ((byte / 255) * most - (mean[plane] ?? 0)) / (spread[plane] ?? 1),
  };
}

/** As most networks that began with ImageNet's weights want it (Krizhevsky et al. 2012; the means are torchvision's). */
export const IMAGENET_RGB = normalised("rgb", {
  most: 1,
  mean: [0.485, 0.456, 0.406],
  spread: [0.229, 0.224, 0.225],
});
