import { runsOf } from "../../../../edge-agent/frame/parts.ts";
import type { Boxes } from "../../../../edge-agent/mot/score/boxes.ts";
import { motScore } from "../../../../edge-agent/mot/score/mot-score.ts";
import type { CameraConfig } from "../../../../firmware-config/config/device.ts";
import { withGates } from "../../../../firmware-config/config/tracker.ts";
import type { BenchResult } from "../../result.ts";
import { DEFAULTS, runTracker } from "../run-tracker.ts";
import { hasSequences, readSequences, type Sequence } from "../sequences.ts";
import { countPictures } from "./count-pictures.ts";
import { fieldModels, TIMES } from "./field.ts";
import { filmOf, SCENES, type Scene } from "./scenes.ts";
import { type SeeingModel, type SeenPicture, seenPictures } from "./seen-pictures.ts";
import { wideFilm, wideScene } from "./wide-film.ts";

type View = Pick<CameraConfig, "region" | "tiles">;

/** Heights of a person in each film, of the picture's, as an installer would measure them at the line. */
const PERSON_HEIGHTS: Readonly<Record<string, number>> = {
  store_aisle: 0.6,
  store_ceiling: 0.35,
  office_fisheye: 0.35,
  white_hall: 0.22,
  "one-by-one": 0.7,
  vtest: 0.2,
};
const ONE = { columns: 1, rows: 1, overlap: 0.25 };
const tiled = (columns: number, rows: number, overlap: number) => ({ columns, rows, overlap });
const auto = (margin: number) => ({ type: "auto", margin }) as const;
const WHOLE = { type: "whole" } as const;
type Named = readonly (readonly [name: string, View])[];
/** Constants are chosen on the wide films, and one of each kind is looked at on the films as they are. */
const VIEWS: Named = [
  ["whole", { region: WHOLE, tiles: ONE }],
  ["auto 1", { region: auto(1), tiles: ONE }],
  ["2x1 .25", { region: WHOLE, tiles: tiled(2, 1, 0.25) }],
];
const WIDE_VIEWS: Named = [
  ...VIEWS,
  ["auto .5", { region: auto(0.5), tiles: ONE }],
  ["auto 2", { region: auto(2), tiles: ONE }],
  ["2x1 .1", { region: WHOLE, tiles: tiled(2, 1, 0.1) }],
  ["2x1 .4", { region: WHOLE, tiles: tiled(2, 1, 0.4) }],
  ["2x2 .25", { region: WHOLE, tiles: tiled(2, 2, 0.25) }],
  ["auto 1, 2x1 .25", { region: auto(1), tiles: tiled(2, 1, 0.25) }],
];

/** What looking at a region, or at tiles, is worth: differences of each film as it is, and of the same people half as large. */
export async function runRegionBench(note: (text: string) => void): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  const vtest = hasSequences() ? (await readSequences())[0] : undefined;
  for (const model of (await fieldModels()).toReversed()) {
    for (const wide of [false, true]) {
      const lines: string[] = [];
      for (const scene of SCENES.filter(({ name }) => name !== "one-by-one")) {
        const line = await sceneLine({ scene, wide, model, vtest });
        if (line === undefined) continue;
        note(line);
        lines.push(line);
      }
      results.push({ name: `${model.name}, ${wide ? "in a picture twice as wide" : "as it is"}`, lines });
    }
  }
  return results;
}

interface Asked {
  readonly scene: Scene;
  readonly wide: boolean;
  readonly model: SeeingModel;
  readonly vtest: Sequence | undefined;
}

async function sceneLine({ scene: plain, wide, model, vtest }: Asked): Promise<string | undefined> {
  const found = filmOf(plain);
  if (found === undefined) return undefined;
  const film = wide ? await wideFilm(found) : found;
  const scene = wide ? wideScene(plain) : plain;
  const cells: string[] = [];
  for (const [name, view] of wide ? WIDE_VIEWS : VIEWS) {
    const camera = cameraOf(scene, view, (PERSON_HEIGHTS[scene.name] ?? 0.25) / (wide ? 2 : 1));
    const pictures = await seenPictures(film, model, name === "whole" ? undefined : camera);
    const counted = countPictures(scene, pictures, withGates(TIMES, model.gates));
    const wrong = counted.reduce((sum, one) => sum + one.wrong, 0);
    const hota =
      scene.name === "vtest" && vtest ? ` (HOTA ${hotaIn(pictures, vtest, { wide, model }).toFixed(3)})` : "";
    cells.push(`${name}: ${wrong}${hota} / ${runsOf(camera)}`);
  }
  return `${scene.name.padEnd(14)} ${cells.join(" | ")}`;
}

function cameraOf({ lines, zones }: Scene, view: View, personHeight: number) {
  const [areas, ways] = [zones.map(({ zone }) => zone), lines.map(({ line }) => line)];
  return { ...view, personHeight, lines: ways, zones: areas, detector: { type: "model" } as const };
}

/** Of people whose feet are about the lines: a region sees no others. */
const ABOUT = { left: 0.25, top: 0.25, right: 0.95, bottom: 0.78 };

function hotaIn(
  pictures: readonly SeenPicture[],
  { truth, picture, ...rest }: Sequence,
  { wide, model }: Pick<Asked, "wide" | "model">,
): number {
  const shift = wide ? { x: picture.width / 2, y: picture.height / 2 } : { x: 0, y: 0 };
  const rows = pictures.flatMap(({ persons }, k) =>
    persons.map(([left, top, right, bottom, score]) => ({
      frame: k + 1,
      box: [left - shift.x, top - shift.y, right - shift.x, bottom - shift.y],
      score,
    })),
  );
  const detections = {
    count: rows.length,
    frames: Int32Array.from(rows, ({ frame }) => frame),
    ids: new Int32Array(rows.length).fill(-1),
    boxes: Float32Array.from(rows.flatMap(({ box }) => box)),
    scores: Float32Array.from(rows, ({ score }) => score),
  };
  const tracks = runTracker(
    detections,
    { ...rest, truth, fps: 10, picture },
    { ...DEFAULTS, config: withGates(TIMES, model.gates) },
  );
  const inside = (boxes: Boxes) => about(boxes, picture);
  return motScore(inside(truth), inside(tracks)).hota;
}

function about(boxes: Boxes, { width, height }: Sequence["picture"]): Boxes {
  const rows = Array.from({ length: boxes.count }, (_, i) => i).filter((i) => {
    const x = (boxes.boxes[4 * i]! + boxes.boxes[4 * i + 2]!) / 2 / width;
    const y = boxes.boxes[4 * i + 3]! / height;
    return x > ABOUT.left && x < ABOUT.right && y > ABOUT.top && y < ABOUT.bottom;
  });
  return {
    count: rows.length,
    frames: Int32Array.from(rows, (i) => boxes.frames[i]!),
    ids: Int32Array.from(rows, (i) => boxes.ids[i]!),
    boxes: Float32Array.from(rows.flatMap((i) => [...boxes.boxes.subarray(4 * i, 4 * i + 4)])),
  };
}
