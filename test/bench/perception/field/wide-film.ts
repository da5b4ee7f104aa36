import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Point } from "../../../../firmware-config/config/geometry.ts";
import type { Scene } from "./scenes.ts";
import { CACHE } from "./seen-pictures.ts";

/** The same scene in the middle of a picture twice as wide and high: its people are half as large in it, at the camera's full resolution. */
export async function wideFilm(film: string): Promise<string> {
  const path = join(CACHE, `wide-${basename(film).replace(/\.\w+$/, "")}.mp4`);
  if (existsSync(path)) return path;
  await mkdir(CACHE, { recursive: true });
  const draft = `${path}.draft.mp4`;
  const filters = "pad=2*iw:2*ih:iw/2:ih/2:color=0x727272";
  const coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p"];
  await promisify(execFile)("ffmpeg", ["-v", "error", "-i", film, "-vf", filters, ...coding, "-y", draft]);
  await rename(draft, path);
  return path;
}

/** Its lines and zones, moved with it. */
export function wideScene(scene: Scene): Scene {
  const moved = ([x, y]: Point): Point => [0.25 + x / 2, 0.25 + y / 2];
  return {
    ...scene,
    lines: scene.lines.map(({ line, ...truth }) => ({
      ...truth,
      line: { ...line, from: moved(line.from), to: moved(line.to) },
    })),
    zones: scene.zones.map(({ zone, ...truth }) => ({ ...truth, zone: { ...zone, polygon: zone.polygon.map(moved) } })),
  };
}
