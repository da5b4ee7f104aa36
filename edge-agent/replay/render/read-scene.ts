import { join } from "node:path";
import type { CameraConfig } from "../../../firmware-config/config/device.ts";
import { readTextFile } from "../../../firmware-config/kit/text-file.ts";
import { type MotRows, readMotRows } from "../../mot/mot-rows.ts";
import type { Scene, ShownBox, ShownEvent, ShownFrame } from "./overlay.ts";

/** About the longest text that Node can hold. */
const MAX_BYTES = 500 * 1024 * 1024;

/** When a frame of `tracks.txt` was shown. */
export interface FrameAt {
  /** From 1, as in the file. */
  readonly frame: number;
  /** From the first frame, seconds. */
  readonly atS: number;
}

/** What a replay left in its folder, as it is drawn. */
export async function readScene(
  dir: string,
  camera: CameraConfig,
  frames: readonly FrameAt[],
): Promise<Omit<Scene, "picture" | "lengthS">> {
  const rows = await readMotRows(join(dir, "tracks.txt"), "tracks");
  const text = await readTextFile(join(dir, "events.ndjson"), { maxBytes: MAX_BYTES });
  const lines = text.split("\n").filter((line) => line !== "");
  return { camera, frames: shownFrames(rows, frames), events: lines.map((line) => eventOf(JSON.parse(line))) };
}

function* shownFrames(rows: MotRows, frames: readonly FrameAt[]): Iterable<ShownFrame> {
  let next = 0;
  for (const { frame, atS } of frames) {
    const boxes: ShownBox[] = [];
    while (next < rows.count && (rows.frames[next] ?? 0) < frame) next++;
    for (; next < rows.count && rows.frames[next] === frame; next++) {
      const [left = 0, top = 0, right = 0, bottom = 0] = rows.boxes.subarray(4 * next, 4 * next + 4);
      boxes.push({ id: rows.ids[next] ?? 0, box: [left, top, right, bottom] });
    }
    yield { atS, boxes };
  }
}

/** A line of `events.ndjson`; a replay's clock starts with the video at 0. */
interface Written {
  readonly ts: string;
  readonly targetId: string;
  readonly eventKind: "crossing" | "visit";
  readonly direction?: "in" | "out";
  readonly enteredAt?: string;
  readonly stop?: boolean;
}

function eventOf({ ts, targetId, eventKind, direction = "in", enteredAt = ts, stop = false }: Written): ShownEvent {
  const atS = Date.parse(ts) / 1000;
  if (eventKind === "crossing") return { kind: "crossing", targetId, atS, direction };
  return { kind: "visit", targetId, fromS: Date.parse(enteredAt) / 1000, toS: atS, stop };
}
