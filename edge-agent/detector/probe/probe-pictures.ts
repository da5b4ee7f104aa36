import { shapeOf } from "../families/families.ts";
import type { DetectorModel } from "../model.ts";
import { drawnPeople } from "./drawn-people.ts";
import { PEOPLE, sceneAt } from "./scene.ts";
import { seededBytes } from "./seeded-bytes.ts";

/** A made-up picture in the bytes that the model's family takes. */
export interface ProbePicture {
  /** For messages. */
  readonly name: string;
  readonly frame: Uint8Array;
}

/** Side of a square of the chess board: two cells of the finest grid. */
const SQUARE_PX = 16;

/** Nothing by day and by night, chance, structure of two kinds, and people; the same in every run. */
export function probePictures(model: DetectorModel): ProbePicture[] {
  const { inputWidth: width, inputHeight: height } = model;
  const each = (sample: (x: number, y: number) => number) => {
    const rgb = new Uint8Array(width * height * 3);
    for (let at = 0; at < rgb.length; at++) rgb[at] = sample(Math.floor(at / 3) % width, Math.floor(at / 3 / width));
    return rgb;
  };
  const pictures = [
    { name: "an empty picture", rgb: each(() => 114) },
    { name: "a black picture", rgb: each(() => 0) },
    { name: "noise", rgb: seededBytes(width * height * 3) },
    { name: "a gradient", rgb: each((x) => (255 * x) / width) },
    { name: "a chess board", rgb: each((x, y) => (isWhite(x, y) ? 220 : 30)) },
    { name: PEOPLE, rgb: drawnPeople({ width, height, ...sceneAt({ width, height }) }) },
  ];
  const isPlanar = shapeOf(model).pixelFormat === "gbrp";
  return pictures.map(({ name, rgb }) => ({ name, frame: isPlanar ? gbrpOf(rgb) : rgb }));
}

function isWhite(x: number, y: number): boolean {
  return (Math.floor(x / SQUARE_PX) + Math.floor(y / SQUARE_PX)) % 2 === 1;
}

/** Interleaved R, G, B to planes G, B, R. */
function gbrpOf(rgb: Uint8Array): Uint8Array {
  const size = rgb.length / 3;
  const planes = new Uint8Array(rgb.length);
  for (let i = 0; i < size; i++) {
    planes[i] = rgb[3 * i + 1]!;
    planes[size + i] = rgb[3 * i + 2]!;
    planes[2 * size + i] = rgb[3 * i]!;
  }
  return planes;
}
