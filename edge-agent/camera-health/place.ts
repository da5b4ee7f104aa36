import type { LearnedView } from "./learned-view.ts";
import { findShift, likenessAt, type Shift } from "./shift.ts";
import { BlockMatch, FAINT, type Structure } from "./structure.ts";
import type { ViewGrid } from "./view-grid.ts";

/** What became of the blocks of a learned view. */
export interface Place {
  /** Share of the steady blocks that are as they were. */
  readonly good: number;
  /** Share of the blocks with edges that are now a smooth surface. */
  readonly smooth: number;
  /** Share of the steady blocks that have other edges now. */
  readonly other: number;
  /** One side of the picture is lost, the other as it was. */
  readonly isOneSided: boolean;
  /** Edges of the whole picture, 1 = as many as there were. */
  readonly energy: number;
  /** -1..1: how alike the whole is where it was. */
  readonly likeness: number;
  /** Where the view lies now, cells, when it fits better there than where it was. */
  readonly shift: Shift | undefined;
  /** False when it is compared with the view by another light, by night with that by day: then other edges prove nothing. */
  readonly isSameLight: boolean;
}

/** Likeness of a block that is as it was, and of one that is lost. */
const GOOD = 0.5;
const LOST = 0.35;
/** A block with less than this share of the edges that the light lets expect is smooth. */
const SMOOTH = 0.2;
/** One whose edges were lost with less than this share of them is smooth whatever the light. */
const FLAT = 0.1;
/** With fewer blocks that can be missed nothing is said. */
const LEAST_BLOCKS = 4;
/** Likeness of the whole below which the view is looked for elsewhere. */
const WELL = 0.72;
/** A view lies elsewhere when it is so alike there, and so much more than where it was. */
const FOUND = 0.45;
const FOUND_MORE = 0.15;
const SIDE_LOST = 0.75;
const SIDE_KEPT = 0.25;

/** Compares a camera's view with the learned one. */
export class PlaceJudge {
  readonly #grid: ViewGrid;
  readonly #match: BlockMatch;

  constructor(grid: ViewGrid) {
    this.#grid = grid;
    this.#match = new BlockMatch(grid);
  }

  /** `now` is the mean of some looks; undefined when the learned view has too few edges to be missed. */
  judge(now: Structure, view: LearnedView, isSameLight: boolean): Place | undefined {
    const { blockColumns, blockRows } = this.#grid;
    this.#match.compare(now, view.structure);
    const states = this.#states(view);
    const textured = states.filter((state) => state !== undefined).length;
    const steady = view.edges.filter((edges) => edges === 2).length;
    if (steady < LEAST_BLOCKS) return undefined;
    const numberOf = (wanted: BlockState) => states.filter((state) => state === wanted).length;
    const { columns, rows } = this.#grid;
    const zero = likenessAt(now, view.structure, { columns, rows, dx: 0, dy: 0 });
    return {
      good: numberOf("good") / steady,
      smooth: numberOf("smooth") / textured,
      other: numberOf("other") / steady,
      isOneSided: isOneSided(states, blockColumns, blockRows),
      energy: this.#match.energy,
      likeness: zero,
      isSameLight,
      shift: zero < WELL ? betterShift(findShift(now, view.structure, this.#grid), zero) : undefined,
    };
  }

  /** True when this block is as it was learned. */
  isGood(block: number): boolean {
    return this.#match.likeness[block]! > GOOD;
  }

  #states({ edges }: LearnedView): (BlockState | undefined)[] {
    const { likeness, texture, own } = this.#match;
    const left = [...edges.keys()].filter((block) => edges[block] !== 0).map((block) => own[block]! / texture[block]!);
    // What the light leaves of the contrast, told by where most is left: a cover leaves the rest of the picture as it was.
    const contrast = Math.min(1, left.sort((a, b) => a - b)[Math.floor(0.75 * left.length)] ?? 1);
    return Array.from(edges, (kind, block) => {
      if (kind === 0) return undefined;
      const expected = contrast * texture[block]!;
      if (expected > 2 * FAINT && own[block]! < SMOOTH * expected) return "smooth";
      const isFlat = own[block]! < FLAT * texture[block]!;
      if (kind === 1) return isFlat ? "smooth" : "unknown";
      if (likeness[block]! > GOOD) return "good";
      if (likeness[block]! >= LOST) return "between";
      return isFlat ? "smooth" : "other";
    });
  }
}

type BlockState = "good" | "between" | "smooth" | "other" | "unknown";

function betterShift(found: Shift, zero: number): Shift | undefined {
  const isElsewhere = found.columns !== 0 || found.rows !== 0;
  return isElsewhere && found.likeness >= FOUND && found.likeness >= zero + FOUND_MORE ? found : undefined;
}

/** Left, right, upper or lower half lost, and the half opposite kept. */
function isOneSided(states: readonly (BlockState | undefined)[], columns: number, rows: number): boolean {
  const lostOf = (isIn: (column: number, row: number) => boolean) => {
    const inside = states.filter(
      (state, block) =>
        state !== undefined && state !== "unknown" && isIn(block % columns, Math.floor(block / columns)),
    );
    const lost = inside.filter((state) => state === "smooth" || state === "other").length;
    return inside.length === 0 ? undefined : lost / inside.length;
  };
  const sides = [
    [lostOf((x) => x < columns / 2), lostOf((x) => x >= columns / 2)],
    [lostOf((_, y) => y < rows / 2), lostOf((_, y) => y >= rows / 2)],
  ];
  return sides.some(([one, other]) => {
    if (one === undefined || other === undefined) return false;
    return Math.max(one, other) >= SIDE_LOST && Math.min(one, other) <= SIDE_KEPT;
  });
}
