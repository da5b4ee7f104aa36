import { AppError } from "../../../firmware-config/kit/errors.ts";

/** Two dots for each of the drawing's: sharp on today's screens and on paper. */
const ZOOM = 2;

/** Turns drawings into pictures. */
export type Rasterise = (svg: string) => Uint8Array;

/**
 * Makes a rasteriser; throws `AppError` where its binary does not run. Letters come from the fonts of this machine: one without
 * Japanese fonts shows boxes for Japanese names.
 */
export async function openRasteriser(): Promise<Rasterise> {
  try {
    // resvg: draws SVG in one binary of 4 MB from npm, without network or system libraries; MPL-2.0, which binds changes of its own files alone (README).
    const { Resvg } = await import("@resvg/resvg-js");
    return (svg) => new Resvg(svg, { fitTo: { mode: "zoom", value: ZOOM } }).render().asPng();
  } catch (cause) {
    throw new AppError("PNG pictures cannot be drawn on this machine", {
      code: "USAGE",
      hint: "Name a file that ends in .svg; a browser shows and prints it.",
      cause,
    });
  }
}
