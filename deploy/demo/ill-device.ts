import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { DEFAULT_RULES } from "../../cloud-ingest/alerts/rules/load-rules.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { makeFolder } from "../../firmware-config/kit/make-folder.ts";
import { writeWhole } from "../../firmware-config/kit/on-disk.ts";
import { runProgram } from "../setup/run-program.ts";

/** The demo's second device, whose camera goes black after some seconds. */
export const ILL_DEVICE = "cam-02";
/** The rule that finds it. */
export const ILL_RULE = "camera-view";
const FILM = "ill-camera.avi";
const RULES = "alert-rules";
/** Seconds of picture, and of black after them. The film plays again and again: so little light ends no alert. */
const SEEN_S = 1;
const BLACK_S = 299;
const FPS = 5;

/**
 * What differs from a real installation: how long things take. A device says how it is each 2 seconds and not each minute, all are looked at
 * each 5 seconds, and one message with a black view is enough where three are asked for ordinarily. All other rules ask for as many more messages, so
 * that they take as long as in a shop: a machine whose clock nobody sets is none of the demo's business.
 */
const HEALTH_S = 2;
const OFTENER = 60 / HEALTH_S;
/** Of a rule that does not say, and at most, by the rules' schema. */
const USUAL_LOOKS = 2;
const MOST_LOOKS = 1_000;
export const DEMO_ALERTS = { rules: RULES, tickS: 5, groupWaitS: 0 } as const;

/** A device with a camera of its own and nothing to count, without a model: it runs beside the one that counts and takes nothing from it. */
export function illDevice(who: { readonly tenant: string; readonly store: string }) {
  return {
    ...who,
    device: ILL_DEVICE,
    dataDir: "ill-device-data",
    cameras: [{ id: "back-door", source: FILM, loop: true, fps: FPS, detector: { type: "overhead" } }],
    mqtt: { tokenFile: "ill-device.token" },
    healthS: HEALTH_S,
    logLevel: "warn",
  };
}

/** Writes the film and the rules into the demo's folder. Throws `AppError` when ffmpeg cannot make the film. */
export async function writeIllness(dir: string, video: string): Promise<void> {
  await makeFolder(join(dir, RULES));
  for (const name of await readdir(DEFAULT_RULES)) {
    const rule = parse(await readFile(join(DEFAULT_RULES, name), "utf8"));
    const looks = rule.name === ILL_RULE ? 1 : Math.min(MOST_LOOKS, (rule.for ?? USUAL_LOOKS) * OFTENER);
    await writeWhole(join(dir, RULES, name), { parts: [stringify({ ...rule, for: looks })] });
  }
  await makeFilm(join(dir, FILM), video);
}

async function makeFilm(film: string, video: string): Promise<void> {
  const black = `scale=320:240,fps=${FPS},tpad=stop_mode=add:stop_duration=${BLACK_S}:color=black`;
  const input = ["-nostdin", "-v", "error", "-t", `${SEEN_S}`, "-i", video, "-an", "-sn", "-dn"];
  const { status, output } = await runProgram("ffmpeg", [...input, "-vf", black, "-c:v", "mpeg4", "-y", film]);
  if (status === 0) return;
  throw new AppError(`The film of the demo's ill camera cannot be made: ${output.trim().split("\n").at(-1) ?? ""}`, {
    code: "VIDEO_UNREADABLE",
    hint: "Does ffmpeg play the video? Try without --video.",
  });
}
