import { VIEW_FAULTS, type View, type ViewFault } from "../../firmware-config/contract/view.ts";
import { letterboxOf } from "../camera/letterbox.ts";
import type { CameraStats, Frame, FrameShape, Picture } from "../camera/port.ts";
import { FrameRate } from "./frame-rate.ts";
import { Hysteresis } from "./hysteresis.ts";
import { type Recalled, type Remembered, recall, textOf } from "./remembered.ts";
import { BLINDING, type Findings, PICTURE_FAULTS, type PictureFault, TIMES, verdictsOf } from "./verdicts.ts";
import { viewGridOf } from "./view-grid.ts";
import { ViewJudge } from "./view-judge.ts";

/** Seconds between two looks, less what a frame may come early. */
const LOOK_S = 0.95;
/** Without a look for so long nothing is known of the view, milliseconds. */
const STALE_MS = 30_000;
const RATE_TIMES = { fireS: 30, clearS: 20 };
const DARK_TIMES = { fireS: 10, clearS: 5 };
/** Elapsed time of a first look. */
const FIRST_S = 1;

/** Whether who passed in front of the camera was seen: see `window/window.ts`. */
export interface Sight {
  readonly state: "seen" | "doubtful" | "blind";
  /** The worst that holds. */
  readonly fault?: ViewFault | undefined;
}

/** The word for a view, and the seconds for which it has been. */
export interface ViewNow {
  readonly view: View;
  readonly viewS: number;
}

export interface CameraHealthOptions {
  /** `cameras[].fps`. */
  readonly fps: number;
  readonly shape: FrameShape;
  /** What the view is learned for; see `setUpOf`. */
  readonly setUp: string;
  /** What an earlier boot left. */
  readonly kept?: string | undefined;
  /** Told when what was kept cannot be used. */
  readonly onUnusable?: (recalled: Extract<Recalled, { ok: false }>) => void;
  /** Told when a fault begins or ends. */
  readonly onTurn?: (fault: ViewFault, holds: boolean) => void;
  /** Milliseconds, never going back. */
  readonly monotonicMs: () => number;
}

/** Says of one camera whether what it shows can be counted on; looks at about one frame a second. */
export class CameraHealth {
  readonly #options: CameraHealthOptions;
  readonly #faults: ReadonlyMap<ViewFault, Hysteresis>;
  readonly #pictureFaults: readonly (readonly [PictureFault, Hysteresis])[];
  readonly #dark = new Hysteresis(DARK_TIMES);
  readonly #lowRate = new Hysteresis(RATE_TIMES);
  #rate: FrameRate;
  #judge: ViewJudge | undefined;
  #picture: Picture = { width: 0, height: 0 };
  #lookedS = Number.NaN;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #isPlaceKnown = false;
  #view: View = "unknown";
  #sinceMs: number;
  #hasLearned = false;

  constructor(options: CameraHealthOptions) {
    this.#options = options;
    this.#rate = new FrameRate(options.fps, undefined);
    this.#sinceMs = options.monotonicMs();
    this.#pictureFaults = PICTURE_FAULTS.map((fault) => [fault, new Hysteresis(TIMES[fault])] as const);
    this.#faults = new Map<ViewFault, Hysteresis>([...this.#pictureFaults, ["low-rate", this.#lowRate]]);
  }

  /** Looks at a frame, which it leaves as it is, unless it looked less than a second ago. */
  see({ data, index, atS, picture }: Frame): void {
    const judge = this.#judgeOf(picture);
    const span = this.#rate.add(index, atS);
    if (span && this.#lowRate.add(span.evidence, span.spanS, span.spanS)) this.#turned("low-rate", this.#lowRate);
    if (atS - this.#lookedS < LOOK_S) return;
    const elapsedS = Number.isNaN(this.#lookedS) ? FIRST_S : atS - this.#lookedS;
    this.#lookedS = atS;
    this.#lookedMs = this.#options.monotonicMs();
    this.#judgeBy(judge, judge.look(data, elapsedS), elapsedS);
  }

  /** Of the last frame seen. */
  get sight(): Sight {
    return { state: this.#sightState(), fault: this.#worst() };
  }

  /** The worst that holds, and for how many seconds it has been the word. */
  view({ status }: Pick<CameraStats, "status">): ViewNow {
    const nowMs = this.#options.monotonicMs();
    const view = this.#word(status, nowMs);
    if (view !== this.#view) this.#sinceMs = nowMs;
    this.#view = view;
    return { view, viewS: Math.max(0, (nowMs - this.#sinceMs) / 1000) };
  }

  /** What the next boot should know, when that has changed since the last call. */
  takeLearned(): string | undefined {
    const judge = this.#judge;
    if (judge === undefined || !(judge.hasLearned || this.#hasLearned)) return undefined;
    judge.hasLearned = false;
    this.#hasLearned = false;
    const learned: Remembered = { ...judge.known, fps: this.#rate.usual };
    return textOf(learned, { setUp: this.#options.setUp, grid: judge.grid });
  }

  #judgeBy(judge: ViewJudge, found: Findings, elapsedS: number): void {
    const verdicts = verdictsOf(found);
    for (const [fault, hysteresis] of this.#pictureFaults)
      if (hysteresis.add(verdicts[fault], elapsedS)) this.#turned(fault, hysteresis);
    const isDark = found.light === "dark" || found.light === "blank";
    this.#dark.add(isDark ? "bad" : "good", elapsedS);
    this.#isPlaceKnown = found.place !== undefined;
    const isWell = this.#pictureFaults.every(([, { holds, isDoubtful }]) => !holds && !isDoubtful);
    judge.learn(isWell, found.place, elapsedS);
  }

  #turned(fault: ViewFault, { holds }: Hysteresis): void {
    this.#options.onTurn?.(fault, holds);
  }

  #word(status: CameraStats["status"], nowMs: number): View {
    if (status === "starting" || status === "ended") return "unknown";
    if (status !== "ok") return "no-frames";
    if (nowMs - this.#lookedMs > STALE_MS) return "unknown";
    const fault = this.#worst();
    if (fault !== undefined) return fault;
    if (this.#dark.holds) return "dark";
    return this.#isPlaceKnown ? "ok" : "unknown";
  }

  #sightState(): Sight["state"] {
    if (BLINDING.some((fault) => this.#faults.get(fault)?.holds)) return "blind";
    return BLINDING.some((fault) => this.#faults.get(fault)?.isDoubtful) ? "doubtful" : "seen";
  }

  #worst(): ViewFault | undefined {
    return VIEW_FAULTS.find((fault) => this.#faults.get(fault)?.holds);
  }

  /** Made anew when the picture changes its size. */
  #judgeOf(picture: Picture): ViewJudge {
    const known = this.#judge;
    if (known !== undefined && picture.width === this.#picture.width && picture.height === this.#picture.height)
      return known;
    const grid = viewGridOf(letterboxOf(picture, this.#options.shape));
    const remembered = this.#recall(grid);
    this.#picture = picture;
    this.#rate = new FrameRate(this.#options.fps, remembered?.fps);
    this.#judge = new ViewJudge(grid, this.#options.shape, remembered ?? { views: [], noise: undefined });
    return this.#judge;
  }

  #recall(grid: ViewJudge["grid"]): Remembered | undefined {
    const { kept, setUp, onUnusable } = this.#options;
    if (kept === undefined) return undefined;
    const recalled = recall(kept, { setUp, grid });
    if (recalled.ok) return recalled.remembered;
    onUnusable?.(recalled);
    return undefined;
  }
}
