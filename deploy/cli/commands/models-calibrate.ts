import type { Detector } from "../../../edge-agent/detector/port.ts";
import type { Calibration } from "../../../edge-agent/replay/calibrate/calibrate.ts";
import type { SeenClip } from "../../../edge-agent/replay/calibrate/see-clip.ts";
import type { ScoreGates } from "../../../firmware-config/config/tracker.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { readClipsFile } from "../clips-file.ts";
import type { CliContext } from "../context.ts";
import { createProgress, share } from "../progress.ts";
import { table } from "../tables.ts";

interface Calibrating {
  readonly clipsFile: string;
  readonly model: { readonly name: string; readonly gates?: ScoreGates | undefined };
  readonly detector: Detector;
  readonly context: Pick<CliContext, "interactive" | "note">;
  readonly signal: AbortSignal;
}

/** Works through the clips of a file and chooses the model's gates by them. */
export async function calibrateModel(asked: Calibrating): Promise<Calibration> {
  const { clipsFile, model, detector, context, signal } = asked;
  const clips = await readClipsFile(clipsFile);
  const [{ videoLengthS }, { seeClip }, { calibrate }] = await Promise.all([
    import("../../../edge-agent/camera/ffmpeg/video-length.ts"),
    import("../../../edge-agent/replay/calibrate/see-clip.ts"),
    import("../../../edge-agent/replay/calibrate/calibrate.ts"),
  ]);
  const progress = createProgress(context, "Eval");
  try {
    const seen: SeenClip[] = [];
    for (const clip of clips) {
      const lengthS = await videoLengthS(clip.video);
      const onFrame = (frames: number, atS: number) =>
        progress.update(share(atS, lengthS), `${clip.name}, ${frames} frames`);
      seen.push(await seeClip(clip, { detector, clock: systemClock, log: createLog("warn"), onFrame }, signal));
    }
    const onStep = (done: number) => progress.update(done, "gates tried");
    return await calibrate(seen, { gates: model.gates, onStep }, signal);
  } finally {
    progress.stop();
  }
}

/** The table, and what it says about the gates. */
export function calibrationText({ clips, now, chosen, isBetter }: Calibration): string {
  const figure = (value: number) => String(Math.round(100 * value) / 100);
  const rows = clips.map((clip) => [
    clip.name,
    clip.trueCount,
    figure(clip.now),
    `${gatesText(clip.leftOut.gates)}: ${figure(clip.leftOut.wrong)}`,
    figure(clip.chosen),
  ]);
  const head = [
    "clip",
    "counted by hand",
    `wrong now, ${gatesText(now)}`,
    "gates of the other clips",
    `all: ${gatesText(chosen)}`,
  ];
  const verdict = isBetter
    ? `Clips that had no say are counted better: ${JSON.stringify({ gates: chosen })}`
    : "Clips that had no say are not counted better: keep the gates as they are, or add clips of other scenes.";
  return `${table(head, rows)}\n${verdict}\n`;
}

/** new / high / low. */
function gatesText({ newTrackScore, highScore, lowScore }: ScoreGates): string {
  return [newTrackScore, highScore, lowScore].map((score) => String(score)).join(" / ");
}
