import { letterboxOf } from "../../camera/letterbox.ts";
import type { Frame, FrameShape, Picture } from "../../camera/port.ts";
import { type Unletterbox, unletterbox } from "../../frame/unletterbox.ts";
import { createDetections, type Detections } from "../detections.ts";
import type { Benchmark, Detector, DetectorStats } from "../port.ts";
import { type Box, contentBox } from "./content-box.ts";
import { MAX_PEOPLE } from "./people.ts";
import type { Person } from "./person.ts";
import { PersonFinder } from "./person-finder.ts";
import { createPlanes, type Planes, readPlanes } from "./planes.ts";

const SIDE = 160;
const LAYOUT = { stride: SIDE, planeBytes: SIDE * SIDE } as const;
/** Seconds from one look at the margins to the next. */
const LOOK_S = 2;
/** Who came is somebody; what is only in part, or has not come yet, continues a track but begins none. */
const CAME = 0.9;
const IN_PART = 0.45;
const NOT_COME = 0.3;
const PART = 0.35;

interface View extends Unletterbox {
  readonly finder: PersonFinder;
  readonly planes: Planes;
  /** The picture within its margins, in the frame. */
  readonly content: Box;
  lookedS: number;
}

export interface OverheadSettings {
  readonly personWidth?: number | undefined;
}

/** Finds persons straight below one camera. Runs on the caller's thread: 1 to 2 ms a picture. */
export class OverheadDetector implements Detector, Benchmark {
  readonly shape: FrameShape = { width: SIDE, height: SIDE, pixelFormat: "gbrp", padValue: 0, padAlign: "top-left" };
  readonly #settings: OverheadSettings;
  readonly #results = [createDetections(MAX_PEOPLE), createDetections(MAX_PEOPLE)] as const;
  #turn: 0 | 1 = 0;
  #view: View | undefined;
  #frames = 0;
  #workMs = 0;

  constructor(settings: OverheadSettings) {
    this.#settings = settings;
  }

  get view(): View | undefined {
    return this.#view;
  }

  takeStats(): DetectorStats {
    const stats = {
      frames: this.#frames,
      meanInferenceMs: this.#frames === 0 ? 0 : this.#workMs / this.#frames,
      unusableFrames: 0,
    };
    this.#frames = 0;
    this.#workMs = 0;
    return stats;
  }

  async detect(frame: Frame): Promise<Detections> {
    const startMs = performance.now();
    try {
      return this.#find(frame);
    } finally {
      frame.release();
      this.#frames++;
      this.#workMs += performance.now() - startMs;
    }
  }

  async close(): Promise<void> {}

  viewWarning(): string | undefined {
    if (!this.#view?.finder.slant.isSeen) return undefined;
    return "people are larger in the lower part of the picture: the camera does not look straight down, and a model counts better there (detector: { type: model })";
  }

  /** On a background of its own, so that nothing is learned from it. */
  async benchmark(frame: Uint8Array, seconds: number): Promise<number> {
    const planes = createPlanes({ width: SIDE, height: SIDE });
    const finder = new PersonFinder(planes, this.#settings.personWidth);
    const startMs = performance.now();
    let runs = 0;
    let elapsedMs = 0;
    while (elapsedMs < seconds * 1000) {
      readPlanes(frame, { left: 0, top: 0 }, LAYOUT, planes);
      finder.update(planes, runs++ / 10);
      elapsedMs = performance.now() - startMs;
    }
    return (runs * 1000) / elapsedMs;
  }

  #find({ data, picture, atS }: Frame): Detections {
    const view = this.#viewOf(picture, data, atS);
    readPlanes(data, view.content, LAYOUT, view.planes);
    view.finder.update(view.planes, atS);
    this.#turn = this.#turn === 0 ? 1 : 0;
    const result = this.#results[this.#turn];
    result.count = 0;
    for (const person of view.finder.people.live) if (person.seenS === atS) addPerson(person, view.content, result);
    result.count = unletterbox(result, result.count, result, view);
    return result;
  }

  /** Made anew when the picture changes its size, or grows into what were its margins. */
  #viewOf(picture: Picture, data: Uint8Array, atS: number): View {
    const known = this.#view;
    const isSame = known?.picture.width === picture.width && known.picture.height === picture.height;
    if (known !== undefined && isSame && atS - known.lookedS < LOOK_S) return known;
    const letterbox = letterboxOf(picture, this.shape);
    const content = contentBox(data, letterbox, LAYOUT);
    if (known !== undefined && isSame) {
      known.lookedS = atS;
      if (content.width <= known.content.width && content.height <= known.content.height) return known;
    }
    const width = this.#settings.personWidth;
    const finder = new PersonFinder(content, width === undefined ? width : (width * letterbox.width) / content.width);
    this.#view = { picture, letterbox, content, finder, planes: createPlanes(content), lookedS: atS };
    return this.#view;
  }
}

function addPerson(person: Person, { left, top }: Box, to: Detections): void {
  const at = 4 * to.count;
  to.boxes[at] = left + person.x + 0.5 - person.halfWidth;
  to.boxes[at + 1] = top + person.y + 0.5 - person.halfHeight;
  to.boxes[at + 2] = left + person.x + 0.5 + person.halfWidth;
  to.boxes[at + 3] = top + person.y + 0.5 + person.halfHeight;
  to.scores[to.count++] = !person.came ? NOT_COME : person.share < PART && !person.faint ? IN_PART : CAME;
}
