import type { Person } from "./person.ts";

/** Area of a person in a door's picture before anything is known, of the picture's: 2.5 to 4 m below the camera. */
const USUAL_SHARE = 0.05;
/** Area of a body in squares of its half thickness: an ellipse half as deep as it is wide has 6.3, a disc 3.1. */
const AREA_PER_RADIUS = 4.2;
/** Area of a walker in squares of the shoulders' width. */
const AREA_PER_WIDTH = 0.55;
/** The learned size is the median of those who pass alone. */
const QUANTILE = 0.5;
/** So many passages are remembered. */
const REMEMBERED = 64;
/** Fewer than this leave the size unsure. */
const ENOUGH = 3;
/** Pictures that make a passage. */
const PICTURES = 3;
/** So many passages does the first guess weigh. */
const DOUBT = 1.5;
/** Sizes beyond these, of the picture's area, are not those of people. */
const LEAST_SHARE = 0.007;
const MOST_SHARE = 0.25;

/** How large people are in this picture: learned from those who pass alone, or given by the installer. */
export class BodySize {
  readonly #pixels: number;
  readonly #given: number | undefined;
  readonly #passages: number[] = [];
  readonly #sorted: number[] = [];
  #next = 0;
  #learned: number | undefined;

  /** `personWidth` is the width of a person, arms included, of the picture's width. */
  constructor(width: number, height: number, personWidth: number | undefined) {
    this.#pixels = width * height;
    this.#given = personWidth === undefined ? undefined : AREA_PER_WIDTH * (personWidth * width) ** 2;
  }

  /** Area in pixels, as far as it is known whoever asks. */
  get area(): number {
    return this.#given ?? this.#learned ?? USUAL_SHARE * this.#pixels;
  }

  /** Area of one person of a blob of that thickness: until people have passed, the blob's own look counts as much as the guess. */
  areaFor(radius: number): number {
    if (this.isKnown) return this.area;
    const seen = AREA_PER_RADIUS * radius * radius;
    return this.#bounded(Math.sqrt(this.area * seen));
  }

  /** Radius of a disc of a person's area. */
  get radius(): number {
    return Math.sqrt(this.area / Math.PI);
  }

  /** Half the thickness of a usual body, pixels. */
  get thickness(): number {
    return Math.sqrt(this.area / AREA_PER_RADIUS);
  }

  /** True when it was given, or enough people have passed. */
  get isKnown(): boolean {
    return this.#given !== undefined || this.#passages.length >= ENOUGH;
  }

  /** Takes in one who has left. */
  learn(person: Person): void {
    if (this.#given !== undefined || person.aloneCount < PICTURES || !person.hasLeftBirth) return;
    const area = person.aloneArea;
    if (area !== this.#bounded(area)) return;
    this.#passages[this.#next] = area;
    this.#next = (this.#next + 1) % REMEMBERED;
    this.#sorted.length = 0;
    for (const one of this.#passages) this.#sorted.push(one);
    this.#sorted.sort((a, b) => a - b);
    const usual = this.#sorted[Math.floor(QUANTILE * (this.#sorted.length - 1))]!;
    const trust = this.#sorted.length / (this.#sorted.length + DOUBT);
    this.#learned = (USUAL_SHARE * this.#pixels) ** (1 - trust) * usual ** trust;
  }

  #bounded(area: number): number {
    return Math.max(LEAST_SHARE * this.#pixels, Math.min(MOST_SHARE * this.#pixels, area));
  }
}
