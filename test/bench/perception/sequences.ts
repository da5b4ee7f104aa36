import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type MotRows, readMotRows } from "../../../edge-agent/mot/mot-rows.ts";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";

/** The films of people beside the checkout. */
const MOT = join(PACKAGE_ROOT, "..", "shared", "data", "mot");
export const TOOLS = join(PACKAGE_ROOT, "..", "shared", "tools");
export const NAMES: readonly string[] = ["PETS09-S2L1", "KITTI-17", "Venice-2", "ADL-Rundle-6"];

/** One film: what a detector found in it, and who was there. */
export interface Sequence {
  readonly name: string;
  readonly folder: string;
  readonly fps: number;
  readonly frames: number;
  readonly picture: { readonly width: number; readonly height: number };
  readonly detections: MotRows;
  readonly truth: MotRows;
}

export const hasSequences = () => NAMES.every((name) => existsSync(join(MOT, name, "det.txt")));

export const readSequences = () => Promise.all(NAMES.map(readSequence));

async function readSequence(name: string): Promise<Sequence> {
  const folder = join(MOT, name);
  const info = await readFile(join(folder, "seqinfo.ini"), "utf8");
  const numberOf = (key: string) => Number(new RegExp(`^${key}=(\\d+)`, "m").exec(info)?.[1]);
  return {
    name,
    folder,
    fps: numberOf("frameRate"),
    frames: numberOf("seqLength"),
    picture: { width: numberOf("imWidth"), height: numberOf("imHeight") },
    detections: await readMotRows(join(folder, "det.txt"), "detections"),
    truth: await readMotRows(join(folder, "gt.txt"), "tracks"),
  };
}
