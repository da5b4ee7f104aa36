import type { CameraConfig } from "../../firmware-config/config/device.ts";
import type { FrameShape, Part, Picture } from "../camera/port.ts";
import { evenPart, regionOf, type Viewed } from "./region.ts";

type Tiled = Viewed & Pick<CameraConfig, "tiles">;

/** How often the model runs for one picture of a camera. */
export function runsOf({ tiles }: Pick<CameraConfig, "tiles">): number {
  return tiles.columns * tiles.rows;
}

/** The frames that a camera has to deliver: the detector's, and the parts of the picture that the model is to see in place of the whole. */
export function cameraShape(camera: Tiled & Pick<CameraConfig, "detector">, shape: FrameShape): FrameShape {
  const isWhole = camera.region.type === "whole" && runsOf(camera) === 1;
  if (isWhole || camera.detector.type === "overhead") return shape;
  return { ...shape, parts: { count: runsOf(camera), of: (picture) => partsOf(camera, picture, shape) } };
}

/** The region in tiles, row by row; all of one size, the outermost at the region's borders. */
export function partsOf(camera: Tiled, picture: Picture, shape: Pick<FrameShape, "width" | "height">): readonly Part[] {
  const { columns, rows, overlap } = camera.tiles;
  const asked = { width: shape.width * sidesOf(columns, overlap), height: shape.height * sidesOf(rows, overlap) };
  const region = regionOf(camera, picture, asked);
  const width = region.width / sidesOf(columns, overlap);
  const height = region.height / sidesOf(rows, overlap);
  return Array.from({ length: columns * rows }, (_, k) => {
    const left = region.left + (k % columns) * width * (1 - overlap);
    const top = region.top + Math.floor(k / columns) * height * (1 - overlap);
    return evenPart({ left, top, right: left + width, bottom: top + height }, picture);
  });
}

/** The length of `count` tiles in a row, in sides of one. */
function sidesOf(count: number, overlap: number): number {
  return count - (count - 1) * overlap;
}
