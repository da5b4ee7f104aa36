import { Background } from "./background.ts";
import { Blobs } from "./blobs.ts";
import { BodySize } from "./body-size.ts";
import { Light } from "./light.ts";
import { Mask } from "./mask.ts";
import { type Moment, People } from "./people.ts";
import type { Person } from "./person.ts";
import type { Planes } from "./planes.ts";
import { Slant } from "./slant.ts";

/** What does not move is floor after this time; sooner at the start, when nothing is known of the floor yet. */
const LEARN_S = 25;
const FIRST_LEARN_S = 0.7;
const LEARN_PER_S = 0.15;
/** Somebody who came and stands is not learned for this time. */
const HOLD_S = 600;
/** When more of the picture than this is unlike the floor, the camera was moved or covered, or the lights went out. */
const ALL_ELSE = 0.8;
const ALL_ELSE_S = 1;
const MAX_STEP_S = 1;
/** Who has covered a place for this part of the time since it was first seen has not left it. */
const SINCE_BIRTH = 0.8;
/** With less of that than this, after so long, the place of birth is left; with more, after so long, it is attached to it. */
const LEFT_SHARE = 0.08;
const LEFT_S = 0.25;
const ATTACHED_SHARE = 0.3;
const ATTACHED_S = 1;
/** Least area of a blob, of a person's. */
const LEAST_AREA = 0.1;

/** Finds people in the pictures of one straight-down camera: background, mask, blobs, people. */
export class PersonFinder {
  readonly people: People;
  readonly size: BodySize;
  readonly slant = new Slant();
  readonly background: Background;
  readonly mask: Mask;
  readonly #light = new Light();
  get gains(): Float32Array {
    return this.#light.gains;
  }
  readonly #blobs: Blobs;
  readonly #held: Uint8Array;
  /** How long each pixel has been covered, seconds. */
  readonly #coveredS: Float32Array;
  readonly #stale: Float32Array;
  #startS = 0;
  #lastS = 0;
  #elseS = 0;

  constructor({ width, height }: { readonly width: number; readonly height: number }, personWidth: number | undefined) {
    this.size = new BodySize(width, height, personWidth);
    this.people = new People(width, height, this);
    this.background = new Background(width * height);
    this.mask = new Mask(width, height);
    this.#blobs = new Blobs(width, height);
    this.#held = new Uint8Array(width * height);
    this.#coveredS = new Float32Array(width * height);
    this.#stale = new Float32Array(256);
  }

  /** Brings `people` to the picture of `tS`. */
  update(picture: Planes, tS: number): void {
    if (this.background.isEmpty) this.#begin(picture, tS);
    const now = { tS, dtS: Math.max(0, Math.min(MAX_STEP_S, tS - this.#lastS)) };
    this.#lastS = tS;
    this.#light.fit(picture, this.background.main, this.mask.solid);
    const unlike = this.background.classify(picture, this.#light.gains);
    if (this.#isAllElse(unlike, now)) this.#begin(picture, tS);
    this.mask.fill(this.background.kinds);
    this.#blobs.find(this.mask.solid, Math.max(12, LEAST_AREA * this.size.area));
    this.people.update(this.#blobs, this.background.kinds, now);
    this.#judge(now);
    this.#learn(picture, now);
  }

  /** All is learned anew. */
  #begin(picture: Planes, tS: number): void {
    this.background.start(picture);
    this.people.clear();
    this.#light.gains.fill(1);
    this.mask.solid.fill(0);
    this.#coveredS.fill(0);
    this.#startS = tS;
    this.#lastS = tS;
    this.#elseS = 0;
  }

  #isAllElse(unlike: number, { dtS }: Moment): boolean {
    this.#elseS = unlike > ALL_ELSE ? this.#elseS + dtS : 0;
    return this.#elseS >= ALL_ELSE_S;
  }

  /** Who was first seen away from the border has come when the place of birth is free again. */
  #judge({ tS, dtS }: Moment): void {
    const { owners, byOwner } = this.people;
    const covered = this.#coveredS;
    this.#stale.fill(0);
    for (let i = 0; i < owners.length; i++) {
      covered[i] = this.mask.solid[i] === 0 ? 0 : covered[i]! + dtS;
      const person = byOwner[owners[i]!];
      if (owners[i] !== 0 && person !== undefined && covered[i]! > SINCE_BIRTH * (tS - person.bornS))
        this.#stale[owners[i]!]!++;
    }
    for (let k = 1; k < byOwner.length; k++) {
      const person = byOwner[k]!;
      const stale = this.#stale[k]! / Math.max(1, person.area);
      if (person.hasLeftBirth) continue;
      person.hasLeftBirth = this.#hasLeftBirth(person, stale, tS);
      if (person.hasLeftBirth) person.came = true;
      else if (tS - person.bornS > ATTACHED_S && stale > ATTACHED_SHARE) person.came = false;
    }
  }

  #hasLeftBirth(person: Person, stale: number, tS: number): boolean {
    const way = Math.hypot(person.x - person.bornX, person.y - person.bornY);
    return tS - person.bornS > LEFT_S && way > this.size.radius && stale < LEFT_SHARE;
  }

  #learn(picture: Planes, { tS, dtS }: Moment): void {
    const { owners, byOwner } = this.people;
    const held = this.#held.fill(0);
    for (let i = 0; i < owners.length; i++) {
      const person = owners[i] === 0 ? undefined : byOwner[owners[i]!];
      if (person?.came && tS - person.restS < HOLD_S) held[i] = 1;
    }
    const learnS = Math.min(LEARN_S, Math.max(FIRST_LEARN_S, LEARN_PER_S * (tS - this.#startS)));
    this.background.learn(picture, this.#light.gains, held, { dtS, learnS });
  }
}
