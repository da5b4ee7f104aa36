import { LIT } from "./background.ts";
import type { Blobs } from "./blobs.ts";
import type { BodySize } from "./body-size.ts";
import { Clusters } from "./clusters.ts";
import { Hinges } from "./hinges.ts";
import { Person } from "./person.ts";
import type { Slant } from "./slant.ts";
import { visibleShare } from "./visible-share.ts";

export const MAX_PEOPLE = 64;
/** Part of a person's area that is somebody, and that is still the same one. */
const ENOUGH_TO_START = 0.3;
/** The same for a blob that is too small (hair, hands) amid floor in another light, which then counts in part. */
const ENOUGH_IF_FAINT = 0.4;
const LIT_COUNTS = 0.5;
/** So much more than the people in it makes a blob one more person, whatever its form, and so much when the form fits two. */
const SURELY_MORE = 1.1;
const MAYBE_MORE = 0.6;
/** Until the size of people is learned. */
const SURELY_MORE_AT_FIRST = 1.6;
/** Least distance between two people, in radii of a body. */
const APART = 1.2;
/** Two bodies that touch have a neck between them of this part of their thickness at most, and are of a thickness. */
const NECK = 0.75;
const THIN = 0.6;
/** Part of a person's area that each half must have to be split. */
const HALF_SHARE = 0.5;
/** A blob that held two keeps both down to this area for each. */
const KEPT_TOGETHER = 0.6;
const LOST_S = 0.5;
/** A blob thinner than this part of a body is none: the leaf of a door, a cable, an arm. */
const THIN_BLOB = 0.35;
/** What is smaller than this and so near to somebody, in radii, belongs to him. */
const FRAGMENT = 0.6;
const BESIDE = 1.6;
/** Who was there for longer and never left the place of birth was attached to it. */
const ATTACHED_S = 0.6;
/** Who is visible to this part shows a person's size. */
const MOSTLY = 0.9;
/** Upper and lower part of the picture, of its height. */
const UPPER = 0.4;
/** Alone in a blob, visible to this part and of this part of the usual size: one of his own. */
const SEPARATE = 0.65;
/** The same for those who are there already, so that a split does not flicker; doubted for longer than this they go. */
const STILL_MORE = 0.3;
const STILL_NECK = 0.85;
const DOUBT_S = 0.15;
/** A lost one is found again within so many radii. */
const FOUND_WITHIN = 2;

export interface Moment {
  readonly tS: number;
  readonly dtS: number;
}

/** Who is in the picture: each blob divided among those who were there before, by size and motion. */
export class People {
  readonly live: Person[] = [];
  /** For each pixel the number of its person as `byOwner` has it; 0 = nobody. */
  readonly owners: Uint8Array;
  readonly byOwner: (Person | undefined)[] = [];
  readonly #spare: Person[] = [];
  readonly #members: Person[] = [];
  readonly #clusters: Clusters;
  readonly #width: number;
  readonly #height: number;
  readonly #size: BodySize;
  readonly #hinges: Hinges;
  readonly #slant: Slant;
  #kinds: Uint8Array = new Uint8Array(0);
  #now: Moment = { tS: 0, dtS: 0 };

  constructor(width: number, height: number, { size, slant }: { readonly size: BodySize; readonly slant: Slant }) {
    this.#slant = slant;
    this.owners = new Uint8Array(width * height);
    this.#clusters = new Clusters(width);
    this.#width = width;
    this.#height = height;
    this.#size = size;
    this.#hinges = new Hinges(width, height);
  }

  /** `kinds` tells floor in another light, by pixel. */
  update(blobs: Blobs, kinds: Uint8Array, now: Moment): void {
    this.#kinds = kinds;
    const previousS = this.#now.tS;
    this.#now = now;
    this.owners.fill(0);
    this.byOwner.length = 1;
    this.#expect(blobs, previousS);
    for (let label = 1; label <= blobs.count; label++) if (this.#gather(label)) this.#share(blobs, label);
    for (let label = 1; label <= blobs.count; label++) if (!this.#gather(label)) this.#settle(blobs, label);
    this.#forget();
  }

  /** Nobody is here any more. */
  clear(): void {
    this.owners.fill(0);
    while (this.live.length > 0) this.#spare.push(this.live.pop()!);
  }

  /** Where everybody should be now, and in which blob; who was lost takes only what nobody else does. */
  #expect(blobs: Blobs, previousS: number): void {
    for (const person of this.live) {
      person.x = Math.max(0, Math.min(this.#width - 1, person.x + person.vx * this.#now.dtS));
      person.y = Math.max(0, Math.min(this.#height - 1, person.y + person.vy * this.#now.dtS));
      person.label = person.seenS === previousS ? this.#labelNear(blobs, person) : 0;
    }
  }

  #labelNear(blobs: Blobs, { x, y }: Person): number {
    const radius = this.#size.radius;
    for (let step = 0; step <= 3; step++) {
      for (let turn = 0; turn < (step === 0 ? 1 : 8); turn++) {
        const px = Math.round(x + 0.35 * step * radius * Math.cos((turn * Math.PI) / 4));
        const py = Math.round(y + 0.35 * step * radius * Math.sin((turn * Math.PI) / 4));
        if (px < 0 || py < 0 || px >= this.#width || py >= this.#height) continue;
        const label = blobs.labels[py * this.#width + px]!;
        if (label !== 0) return label;
      }
    }
    return 0;
  }

  /** Collects who is in the blob; false for nobody. */
  #gather(label: number): boolean {
    this.#members.length = 0;
    for (const person of this.live) if (person.label === label) this.#members.push(person);
    return this.#members.length > 0;
  }

  /** Divides a blob among its members, with one more or one less where its size says so. */
  #share(blobs: Blobs, label: number): void {
    const members = this.#members;
    const bodies = this.#bodiesIn(blobs, label);
    members.sort(bySeniority);
    while (members.length > 1 && bodies < KEPT_TOGETHER * members.length) this.#lose(members.at(-1)!);
    if (members.length === 1 && bodies < ENOUGH_TO_START / 2) this.#lose(members[0]!);
    if (members.length === 0) return;
    const came = this.#hasCome(blobs, label) || members.some((one) => one.came);
    this.#divide(blobs, label, 0);
    while (this.#isLastInDoubt(blobs, label, bodies)) {
      this.#lose(members.at(-1)!);
      this.#divide(blobs, label, 0);
    }
    this.#addWhoIsMore(blobs, label, came);
    this.#take(blobs, label);
  }

  /** Area of a blob in areas of one person. */
  #bodiesIn(blobs: Blobs, label: number): number {
    const usual = this.#size.areaFor(blobs.radii[label]!);
    const radius = Math.sqrt(usual / Math.PI);
    const share = visibleShare(blobs.xs[label]!, blobs.ys[label]!, radius, this.#width, this.#height);
    return blobs.areas[label]! / (usual * share);
  }

  /** Who was never seen alone is one only for as long as the blob looks like so many. */
  #isLastInDoubt(blobs: Blobs, label: number, bodies: number): boolean {
    const last = this.#members.at(-1)!;
    if (this.#members.length === 1 || last.separate) return false;
    const left = bodies - this.#members.length + 1;
    const isClear = left >= SURELY_MORE || (left >= STILL_MORE && this.#hasNeck(blobs, label, STILL_NECK));
    last.doubtS = isClear ? 0 : last.doubtS + this.#now.dtS;
    return last.doubtS > DOUBT_S;
  }

  #hasNeck(blobs: Blobs, label: number, limit: number): boolean {
    const neck = this.#clusters.neck(blobs, label, this.owners, this.byOwner.length);
    return neck <= limit && this.#clusters.thinnest(blobs, label) >= THIN;
  }

  #lose(person: Person): void {
    person.label = 0;
    const at = this.#members.indexOf(person);
    if (at !== -1) this.#members.splice(at, 1);
  }

  #divide(blobs: Blobs, label: number, more: number): void {
    const clusters = this.#clusters;
    clusters.count = 0;
    for (const { x, y } of this.#members) clusters.add(x, y);
    for (let k = 0; k < more; k++) clusters.addFarthest(blobs, label);
    clusters.divide(blobs, label, this.owners, this.byOwner.length);
  }

  /** One more at a time for as long as the blob is too large for those it has and falls into parts of a person's size. */
  #addWhoIsMore(blobs: Blobs, label: number, came: boolean): void {
    const bodies = this.#bodiesIn(blobs, label);
    const surely = this.#size.isKnown ? SURELY_MORE : SURELY_MORE_AT_FIRST;
    while (bodies - this.#members.length >= MAYBE_MORE && this.live.length < MAX_PEOPLE) {
      this.#divide(blobs, label, 1);
      if (!this.#isDivided(blobs, label, bodies - this.#members.length >= surely)) {
        this.#divide(blobs, label, 0);
        return;
      }
      const last = this.#clusters.count - 1;
      const person = this.#start(this.#clusters.xs[last]!, this.#clusters.ys[last]!, came);
      person.label = label;
      this.#members.push(person);
    }
  }

  #isDivided(blobs: Blobs, label: number, surely: boolean): boolean {
    const usual = this.#size.areaFor(blobs.radii[label]!);
    const radius = Math.sqrt(usual / Math.PI);
    const { count, areas, xs, ys } = this.#clusters;
    for (let k = 0; k < count; k++) {
      const whole = usual * visibleShare(xs[k]!, ys[k]!, radius, this.#width, this.#height);
      if (areas[k]! < (surely ? ENOUGH_TO_START : HALF_SHARE) * whole) return false;
    }
    if (this.#clusters.separation() < APART * radius) return false;
    return surely || this.#hasNeck(blobs, label, NECK);
  }

  /** Brings the members to their parts. */
  #take(blobs: Blobs, label: number): void {
    const members = this.#members;
    for (let k = 0; k < members.length; k++) this.#move(members[k]!, k, blobs, label);
  }

  #move(person: Person, k: number, blobs: Blobs, label: number): void {
    const { tS, dtS } = this.#now;
    const { xs, ys, areas, spreadXs, spreadYs } = this.#clusters;
    const isNew = person.bornS === tS;
    const usual = this.#size.areaFor(blobs.radii[label]!);
    const radius = Math.sqrt(usual / Math.PI);
    if (!isNew && dtS > 0) {
      person.vx += 0.5 * ((xs[k]! - person.x) / dtS);
      person.vy += 0.5 * ((ys[k]! - person.y) / dtS);
    }
    person.x = xs[k]!;
    person.y = ys[k]!;
    person.area = areas[k]!;
    person.share = areas[k]! / (usual * visibleShare(person.x, person.y, radius, this.#width, this.#height));
    const rate = isNew ? 1 : 0.4;
    person.halfWidth += rate * (bounded(2 * spreadXs[k]!, radius) - person.halfWidth);
    person.halfHeight += rate * (bounded(2 * spreadYs[k]!, radius) - person.halfHeight);
    person.seenS = tS;
    person.label = label;
    this.byOwner.push(person);
    this.#remember(person, radius);
  }

  #remember(person: Person, radius: number): void {
    if (Math.hypot(person.x - person.restX, person.y - person.restY) > radius / 2) {
      person.restX = person.x;
      person.restY = person.y;
      person.restS = this.#now.tS;
    }
    if (person.share > SEPARATE) person.faint = false;
    if (this.#members.length > 1 || person.faint) return;
    const visible = visibleShare(person.x, person.y, radius, this.#width, this.#height);
    if (visible >= SEPARATE && person.share >= SEPARATE) person.separate = true;
    if (visible < MOSTLY || Math.hypot(person.vx, person.vy) < radius / 2) return;
    person.aloneArea = Math.max(person.aloneArea, person.area / visible);
    person.aloneCount++;
    if (person.y < UPPER * this.#height) person.upperArea = Math.max(person.upperArea, person.area / visible);
    if (person.y > (1 - UPPER) * this.#height) person.lowerArea = Math.max(person.lowerArea, person.area / visible);
  }

  /** A blob in which nobody was expected: one who was lost nearby, or somebody new. */
  #settle(blobs: Blobs, label: number): void {
    const bodies = this.#bodiesIn(blobs, label);
    if (this.live.length >= MAX_PEOPLE) return;
    const isFaint = bodies < ENOUGH_TO_START;
    if (isFaint && bodies + LIT_COUNTS * this.#litAround(blobs, label) < ENOUGH_IF_FAINT) return;
    if (blobs.radii[label]! < THIN_BLOB * this.#size.thickness) return;
    const [x, y] = [blobs.xs[label]!, blobs.ys[label]!];
    if (this.#isFragment(bodies, x, y, blobs.cut[label] === 1)) return;
    const person = this.#lostNear(x, y) ?? this.#start(x, y, this.#hasCome(blobs, label));
    if (isFaint) person.faint = true;
    person.label = label;
    this.#members.push(person);
    this.#divide(blobs, label, 0);
    this.#addWhoIsMore(blobs, label, person.came);
    this.#take(blobs, label);
  }

  /** Which part of a body around the blob's middle is floor in another light: who wears the floor's colour looks like that. */
  #litAround(blobs: Blobs, label: number): number {
    const radius = this.#size.radius;
    const [x, y] = [blobs.xs[label]!, blobs.ys[label]!];
    let [lit, all] = [0, 0];
    for (let py = Math.max(0, Math.ceil(y - radius)); py < Math.min(this.#height, y + radius); py++) {
      for (let px = Math.max(0, Math.ceil(x - radius)); px < Math.min(this.#width, x + radius); px++) {
        if ((px - x) ** 2 + (py - y) ** 2 > radius * radius) continue;
        all++;
        if (this.#kinds[py * this.#width + px] === LIT) lit++;
      }
    }
    return lit / Math.max(1, all);
  }

  #hasCome(blobs: Blobs, label: number): boolean {
    return blobs.cut[label] === 1 && !this.#hinges.isSuspect(blobs.xs[label]!, blobs.ys[label]!);
  }

  /**
   * True where somebody is seen so near that the blob is a part of him, or what he carries: it is small, or, away from the
   * border, over which people come, both together are less than two.
   */
  #isFragment(bodies: number, x: number, y: number, cut: boolean): boolean {
    const reach = BESIDE * this.#size.radius;
    for (const one of this.live) {
      if (one.label === 0 || Math.hypot(one.x - x, one.y - y) > reach) continue;
      if (bodies < FRAGMENT || (!cut && bodies + one.share < 1 + MAYBE_MORE)) return true;
    }
    return false;
  }

  #lostNear(x: number, y: number): Person | undefined {
    let least = FOUND_WITHIN * this.#size.radius;
    let found: Person | undefined;
    for (const person of this.live) {
      const far = Math.hypot(person.x - x, person.y - y);
      if (person.label !== 0 || far >= least) continue;
      least = far;
      found = person;
    }
    return found;
  }

  #start(x: number, y: number, came: boolean): Person {
    const person = this.#spare.pop() ?? new Person();
    person.start(x, y, this.#now.tS, came);
    this.live.push(person);
    return person;
  }

  #forget(): void {
    for (let k = this.live.length - 1; k >= 0; k--) {
      const person = this.live[k]!;
      if (this.#now.tS - person.seenS <= LOST_S) continue;
      this.#size.learn(person);
      this.#slant.learn(person);
      if (person.hasLeftBirth || person.seenS - person.bornS > ATTACHED_S) {
        this.#hinges.note(person.bornX, person.bornY, person.hasLeftBirth);
      }
      this.#spare.push(person);
      this.live.splice(k, 1);
    }
  }
}

/** Those who were seen alone first, then the elder. */
function bySeniority(a: Person, b: Person): number {
  return Number(b.separate) - Number(a.separate) || a.bornS - b.bornS;
}

/** Keeps half an extent within what a body may have. */
function bounded(half: number, radius: number): number {
  return Math.max(0.6 * radius, Math.min(1.7 * radius, half));
}
