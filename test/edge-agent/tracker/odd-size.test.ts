import { expect, test } from "vitest";
import { createDetections } from "../../../edge-agent/detector/detections.ts";
import { CONSTANTS, FROM_ABOVE } from "../../../edge-agent/tracker/constants.ts";
import { Tracker } from "../../../edge-agent/tracker/tracker.ts";
import { CONFIG } from "./scene.ts";

const FPS = 10;
const PICTURE = { width: 1000, height: 600 };

/** A tracker before which people of 100 pixels walk by one after the other. */
class Street {
  #k = 0;
  readonly tracker: Tracker;
  readonly #detections = createDetections(8);

  constructor(constants = CONSTANTS) {
    this.tracker = new Tracker(CONFIG, PICTURE, constants);
  }

  get tS(): number {
    return this.#k / FPS;
  }

  /** One picture with boxes by foot point, height and score; the ids of those reported. */
  show(...people: (readonly [x: number, foot: number, height: number])[]): number[] {
    this.#detections.count = 0;
    for (const [x, foot, height] of people) {
      const at = this.#detections.count++;
      this.#detections.boxes.set([x - 0.2 * height, foot - height, x + 0.2 * height, foot], 4 * at);
      this.#detections.scores[at] = 0.9;
    }
    const { count, ids } = this.tracker.update(this.#detections, this.#k++ / FPS);
    return [...ids.subarray(0, count)];
  }

  walkBy(people: number, height: number): number {
    const seen = new Set<number>();
    for (let person = 0; person < people; person++) {
      const foot = 300 + 40 * (person % 6);
      for (let step = 0; step < 50; step++) for (const id of this.show([100 + 15 * step, foot, height])) seen.add(id);
      for (let step = 0; step < 40; step++) this.show();
    }
    return seen.size;
  }
}

/** Seconds until a box of `height` that moves is taken for somebody. */
function untilBelieved(street: Street, height: number): number {
  const startS = street.tS;
  for (let step = 0; step < 50; step++) if (street.show([200 + 12 * step, 500, height]).length > 0) break;
  return street.tS - startS;
}

test("a box four times as high as people are is believed at once before they are known, and late after", () => {
  expect(untilBelieved(new Street(), 400)).toBeLessThan(2);
  const street = new Street();
  expect(street.walkBy(40, 100)).toBe(40);
  expect(untilBelieved(street, 400)).toBeGreaterThan(2.4);
});

test("a child and somebody tall are believed as ever", () => {
  for (const height of [55, 150]) {
    const street = new Street();
    street.walkBy(40, 100);
    expect(untilBelieved(street, height)).toBeLessThan(2);
  }
});

test("nobody is lost when the camera is moved nearer", () => {
  const street = new Street();
  street.walkBy(40, 100);
  expect(street.walkBy(20, 250)).toBe(20);
  expect(untilBelieved(street, 250)).toBeLessThan(2);
});

test("from straight above size is not judged: whoever carries a box is twice as large", () => {
  const street = new Street(FROM_ABOVE);
  street.walkBy(40, 100);
  expect(untilBelieved(street, 250)).toBeLessThan(2);
});
