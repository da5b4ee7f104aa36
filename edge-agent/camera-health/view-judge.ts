import type { FrameShape } from "../camera/port.ts";
import type { LearnedView } from "./learned-view.ts";
import { Learner } from "./learner.ts";
import { isGrey, lightOf } from "./light.ts";
import { type Look, Looker } from "./look.ts";
import { type Place, PlaceJudge } from "./place.ts";
import { RecentLooks } from "./recent-looks.ts";
import type { Remembered } from "./remembered.ts";
import { Renewal } from "./renewal.ts";
import { SceneNoise } from "./scene-noise.ts";
import { findShift } from "./shift.ts";
import { Stillness } from "./stillness.ts";
import type { Findings } from "./verdicts.ts";
import type { ViewGrid } from "./view-grid.ts";

/** A smooth picture's `Look.sharpness`: neighbours differ by a sixth of what pixels six apart do. */
const SMOOTH = 1 / 6;
/** A night view is that of the same place when its edges are so alike to those of the day, and not more so elsewhere. */
const SAME_PLACE = 0.25;

/** Judges the pictures of one size from one camera against what was learned of it. */
export class ViewJudge {
  /** True when something was learned that a restart should not lose. */
  hasLearned = false;
  readonly grid: ViewGrid;
  readonly #looker: Looker;
  readonly #recent: RecentLooks;
  readonly #still: Stillness;
  readonly #place: PlaceJudge;
  readonly #views: LearnedView[];
  readonly #renewal: Renewal;
  #learner: Learner | undefined;
  #learnsGrey = false;

  constructor(grid: ViewGrid, shape: FrameShape, known: Pick<Remembered, "views" | "noise">) {
    this.grid = grid;
    this.#looker = new Looker(grid, shape);
    this.#recent = new RecentLooks(grid.columns * grid.rows);
    this.#still = new Stillness(grid, new SceneNoise(known.noise));
    this.#place = new PlaceJudge(grid);
    this.#views = [...known.views];
    this.#renewal = new Renewal(grid);
  }

  get known(): Pick<Remembered, "views" | "noise"> {
    return { views: this.#views, noise: this.#still.noise.known };
  }

  /** Looks at a frame's bytes; `elapsedS` since the last look. */
  look(data: Uint8Array, elapsedS: number): Findings {
    const look = this.#looker.at(data);
    this.#recent.add(look);
    const still = this.#still.add(look, elapsedS);
    const light = lightOf(look);
    const own = this.#viewFor(look);
    const view = own ?? this.#views[0];
    const isKnown = view !== undefined && this.#recent.isFull;
    const place = isKnown ? this.#place.judge(this.#recent.structure, view, view === own) : undefined;
    return { still, light, place, sharpness: own && this.#sharpnessAgainst(own) };
  }

  /** To be called after a look with which all was well (`isWell`), or not: learns only while it is. */
  learn(isWell: boolean, place: Place | undefined, elapsedS: number): void {
    const { look } = this.#looker;
    if (!isWell || lightOf(look) !== "plain") {
      this.#learner = undefined;
      return;
    }
    const view = this.#viewFor(look);
    if (view === undefined) this.#learnFrom(look);
    else if (place !== undefined) this.#renew(view, place, elapsedS);
  }

  #learnFrom(look: Look): void {
    const grey = isGrey(look);
    if (this.#learner === undefined || this.#learnsGrey !== grey) this.#learner = new Learner(this.grid);
    this.#learnsGrey = grey;
    const learned = this.#learner.add(look, grey);
    if (learned === undefined) return;
    this.#learner = undefined;
    const isSeen = learned.edges.some((edges) => edges > 0);
    if (!isSeen || !this.#views.every((other) => this.#isSamePlace(learned, other))) return;
    this.#views.push(learned);
    this.hasLearned = true;
  }

  #isSamePlace({ structure }: LearnedView, other: LearnedView): boolean {
    const { columns, rows, likeness } = findShift(structure, other.structure, this.grid);
    return Math.abs(columns) + Math.abs(rows) <= 1 && likeness >= SAME_PLACE;
  }

  #renew(view: LearnedView, place: Place, elapsedS: number): void {
    const isRenewed = this.#renewal.add(view, { place, judge: this.#place, now: this.#recent.structure, elapsedS });
    if (view.width !== this.grid.width) {
      // The model asks for another size of picture, at which the same lens is more or less sharp.
      view.width = this.grid.width;
      view.sharpness = this.#recent.sharpness;
      this.hasLearned = true;
    }
    this.hasLearned ||= isRenewed;
  }

  #viewFor(look: Look): LearnedView | undefined {
    const grey = isGrey(look);
    return this.#views.find((view) => view.isGrey === grey);
  }

  #sharpnessAgainst({ sharpness, width }: LearnedView): number | undefined {
    const learned = sharpness - SMOOTH;
    if (width !== this.grid.width || learned <= 0) return undefined;
    return Math.max(0, this.#recent.sharpness - SMOOTH) / learned;
  }
}
