import type { Rasterise } from "../../cloud-ingest/quality/plot/draw-png.ts";
import { writeOutput } from "../../firmware-config/kit/output-file.ts";

/** Where a picture of `--plot` goes, and what makes it a PNG. */
export interface PictureFile {
  readonly path: string;
  /** Left out for an SVG. */
  readonly rasterise?: Rasterise;
}

/** Asked before the work begins: whether this machine can make a PNG is known at once. Throws `AppError` where it cannot. */
export async function pictureFile(path: string | undefined): Promise<PictureFile | undefined> {
  if (path === undefined) return undefined;
  if (!/\.png$/i.test(path)) return { path };
  const { openRasteriser } = await import("../../cloud-ingest/quality/plot/draw-png.ts");
  return { path, rasterise: await openRasteriser() };
}

/** Draws and writes it. Throws `AppError` for a file that cannot be written. */
export async function writePicture({ path, rasterise }: PictureFile, draw: () => string): Promise<void> {
  const svg = draw();
  await writeOutput(path, "--plot", [rasterise ? rasterise(svg) : svg]);
}
