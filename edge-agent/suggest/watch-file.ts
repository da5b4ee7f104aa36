import { TrackerConfig } from "../../firmware-config/config/tracker.ts";
import { withDefaults } from "../../firmware-config/config/with-defaults.ts";
import { readMotRows } from "../mot/mot-rows.ts";
import { trackRows } from "../mot/track-rows.ts";
import { Tracker } from "../tracker/tracker.ts";
import { Lives } from "./lives.ts";

interface WatchedFile {
  readonly path: string;
  readonly kind: "detections" | "tracks";
  readonly fps: number;
  readonly picture: { readonly width: number; readonly height: number };
}

/** The lives in a MOTChallenge file; of detections also those of things. Throws `TRACKS_INVALID`. */
export async function watchFile({ path, kind, fps, picture }: WatchedFile): Promise<Lives> {
  const rows = await readMotRows(path, kind);
  const lives = new Lives();
  if (kind === "detections") {
    const config = withDefaults(TrackerConfig, { stillS: 0 });
    const tracker = new Tracker(config, picture);
    trackRows(rows, { tracker, fps }, ({ atS }, tracks) => {
      lives.see(tracks.past, atS);
      lives.see(tracks, atS);
    });
    return lives;
  }
  for (let i = 0; i < rows.count; i++) {
    const one = { count: 1, ids: rows.ids.subarray(i), boxes: rows.boxes.subarray(4 * i, 4 * i + 4) };
    lives.see(one, (rows.frames[i] ?? 1) / fps);
  }
  return lives;
}
