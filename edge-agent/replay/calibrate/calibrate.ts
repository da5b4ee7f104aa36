import { setImmediate } from "node:timers/promises";
import { type ScoreGates, USUAL_GATES } from "../../../firmware-config/config/tracker.ts";
import { type ClipCosts, chooseGates, GRID, weightOf } from "./choose-gates.ts";
import { differencesOf } from "./count-clip.ts";
import { trueCount } from "./labelled-clip.ts";
import type { SeenClip } from "./see-clip.ts";
import { variantsOf } from "./variants.ts";

/** One clip under three choices of gates; differences are means over its variants. */
export interface CalibratedClip {
  readonly name: string;
  readonly trueCount: number;
  /** Differences under the gates that the model has now. */
  readonly now: number;
  /** The gates that the other clips choose, and what they cost this one: what a new scene may expect. */
  readonly leftOut: { readonly gates: ScoreGates; readonly wrong: number };
  /** Differences under the gates that all clips choose. */
  readonly chosen: number;
}

export interface Calibration {
  readonly now: ScoreGates;
  readonly chosen: ScoreGates;
  /** True when clips that had no say were counted no worse than now: weighed as in the choice. */
  readonly isBetter: boolean;
  readonly clips: readonly CalibratedClip[];
}

/**
 * Chooses a model's score gates by what they count on labelled clips, two at least, and tells by leaving each out what that is
 * worth. Throws the reason of `signal`.
 */
export async function calibrate(
  clips: readonly SeenClip[],
  {
    gates = USUAL_GATES,
    onStep,
  }: { readonly gates?: ScoreGates | undefined; readonly onStep: (share: number) => void },
  signal: AbortSignal,
): Promise<Calibration> {
  const costs: ClipCosts[] = [];
  const now: number[] = [];
  for (const [k, clip] of clips.entries()) {
    const variants = variantsOf(clip);
    const cost = (tried: ScoreGates) => variants.reduce((sum, one) => sum + differencesOf(one, tried), 0);
    const wrong: number[] = [];
    for (const tried of GRID) {
      await setImmediate();
      signal.throwIfAborted();
      wrong.push(cost(tried));
      onStep((k + wrong.length / GRID.length) / clips.length);
    }
    costs.push({ wrong, weight: weightOf(trueCount(clip)) });
    now.push(cost(gates));
  }
  return judge(clips, { costs, now, gates });
}

interface Tried {
  readonly costs: readonly ClipCosts[];
  readonly now: readonly number[];
  readonly gates: ScoreGates;
}

function judge(clips: readonly SeenClip[], { costs, now, gates }: Tried): Calibration {
  const all = chooseGates(costs);
  const rows = clips.map((clip, k) => {
    const others = chooseGates(costs.filter((_, other) => other !== k));
    const meanOf = (wrong: number | undefined) => (wrong ?? 0) / variantsOf(clip).length;
    return {
      name: clip.name,
      trueCount: trueCount(clip),
      now: meanOf(now[k]),
      leftOut: { gates: GRID[others] ?? gates, wrong: meanOf(costs[k]?.wrong[others]) },
      chosen: meanOf(costs[k]?.wrong[all]),
    };
  });
  const weighed = (wrongOf: (row: CalibratedClip) => number) =>
    rows.reduce((sum, row) => sum + weightOf(row.trueCount) * wrongOf(row), 0);
  const isBetter = weighed(({ leftOut }) => leftOut.wrong) < weighed((row) => row.now);
  return { now: gates, chosen: GRID[all] ?? gates, isBetter, clips: rows };
}
