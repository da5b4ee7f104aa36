import { AppError } from "../firmware-config/kit/errors.ts";
import type { Manifest } from "./manifest.ts";

/** The bundled model at one input size. */
export interface Variant {
  /** With its size, such as `ssdlite-mobilenetv2-512x384`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Pinned for the sizes that the manifest lists. */
  readonly sha256?: string;
}

const MULTIPLE_PX = 16;
const MIN_SIDE_PX = 128;
const MAX_SIDE_PX = 1280;

/** The variant of that name, undefined when the name is not the bundled model's; a size that cannot be built is an error. */
export function variantOf(name: string, manifest: Manifest): Variant | undefined {
  if (name === manifest.name) return sized(manifest, manifest.defaultWidth, manifest.defaultHeight);
  if (!name.startsWith(`${manifest.name}-`)) return undefined;
  const size = /^([1-9]\d*)x([1-9]\d*)$/.exec(name.slice(manifest.name.length + 1));
  const variant = size === null ? undefined : sized(manifest, Number(size[1]), Number(size[2]));
  if (variant?.sha256 !== undefined || (variant && isSide(variant.width) && isSide(variant.height))) return variant;
  throw new AppError(`The model ${name} cannot be built`, {
    code: "MODEL_NOT_FOUND",
    hint:
      `Name a size as ${manifest.name}-640x480: width and height are multiples of ${MULTIPLE_PX} ` +
      `from ${MIN_SIDE_PX} to ${MAX_SIDE_PX}.`,
  });
}

/** The sizes that the manifest lists. */
export function listedVariants(manifest: Manifest): Variant[] {
  return manifest.sizes.map(({ width, height }) => sized(manifest, width, height));
}

function sized(manifest: Manifest, width: number, height: number): Variant {
  const pinned = manifest.sizes.find((size) => size.width === width && size.height === height);
  const variant = { name: `${manifest.name}-${width}x${height}`, width, height };
  return pinned === undefined ? variant : { ...variant, sha256: pinned.sha256 };
}

function isSide(sidePx: number): boolean {
  return sidePx >= MIN_SIDE_PX && sidePx <= MAX_SIDE_PX && sidePx % MULTIPLE_PX === 0;
}
