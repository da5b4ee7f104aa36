import { Counter } from "../../../edge-agent/counter/counter.ts";
import { createTracks } from "../../../edge-agent/tracker/tracks.ts";
import { LineConfig } from "../../../firmware-config/config/geometry.ts";
import { withDefaults } from "../../../firmware-config/config/with-defaults.ts";
import { Random } from "../quality/random.ts";

const CROWD = 1_000;
const PICTURE = { width: 1000, height: 1000 };
/** x = 500; from the left to the right is `in`. */
const LINE = withDefaults(LineConfig, { id: "line", from: [0.5, 1], to: [0.5, 0] });
const HEIGHT = 100;
const LOITER_S = 20;
const FLICKER = 0.03;
const DROPPED = 0.1;

/** What one person's track counts for; undefined = not seen in that picture. */
function countOf(path: (tS: number) => number | undefined, toS: number, fps: number): { in: number; out: number } {
  const counter = new Counter([LINE], [], PICTURE);
  const tracks = createTracks(1);
  tracks.ids[0] = 1;
  for (let k = 0; k / fps <= toS; k++) {
    const x = path(k / fps);
    tracks.count = x === undefined ? 0 : 1;
    if (x !== undefined) tracks.boxes.set([x - 20, 500 - HEIGHT, x + 20, 500]);
    counter.update(tracks, k / fps);
  }
  counter.finish();
  const [line] = counter.totals().lines;
  return { in: line?.in ?? 0, out: line?.out ?? 0 };
}

/** People who stand on or beside the line, whose box wobbles and now and then is on the far side: all counts are false. */
function loiterers(fps: number): string {
  const random = new Random(7);
  let counted = 0;
  for (let person = 0; person < CROWD; person++) {
    const offset = random.between(-30, 30);
    const path = () => {
      const far = random.next() < FLICKER ? -1.5 * offset - 20 * Math.sign(offset || 1) : 0;
      return 500 + offset + far + 4 * random.normal();
    };
    const { in: ins, out } = countOf(path, LOITER_S, fps);
    counted += ins + out;
  }
  return `${CROWD} loiterers for ${LOITER_S} s, ${100 * FLICKER} % flicker, ${fps} pictures a second: ${counted} false counts`;
}

/** People who cross at 0.4 to 1.4 heights a second, of whom every tenth picture is missing. */
function crossings(fps: number): string {
  const random = new Random(11);
  let right = 0;
  let wrong = 0;
  for (let person = 0; person < CROWD; person++) {
    const speed = random.between(40, 140) * (person % 2 === 0 ? 1 : -1);
    const startS = 1.5 + 1.5 * random.next();
    const path = (tS: number) =>
      random.next() < DROPPED ? undefined : 500 + speed * (tS - startS) + 2 * random.normal();
    const { in: ins, out } = countOf(path, startS + 2, fps);
    const [due, other] = speed > 0 ? [ins, out] : [out, ins];
    right += Math.min(1, due);
    wrong += Math.max(0, due - 1) + other;
  }
  return `${CROWD} crossings, ${100 * DROPPED} % dropped, ${fps} pictures a second: ${((100 * right) / CROWD).toFixed(1)} % counted, ${wrong} wrong`;
}

/** What a line counts of a crowd of made-up tracks. */
export const crowdLines = (): string[] => [loiterers(10), loiterers(7), ...[5, 10, 25].map(crossings)];
