import { letterboxOf } from "../../../../edge-agent/camera/letterbox.ts";
import type { Frame, FrameShape, Picture } from "../../../../edge-agent/camera/port.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";

type Colour = readonly [red: number, green: number, blue: number];
const BROWN: Colour = [120, 80, 40];

type Place = readonly [x: number, y: number];

/** Somebody who is drawn: shoulders, head, arms that swing, a shadow. Places are 0..1 of the picture's width and height. */
export interface Walker {
  /** Where at that time, undefined while not in the shop. */
  readonly at: (tS: number) => Place | undefined;
  /** Shoulder to shoulder, of the picture's width. */
  readonly width?: number;
  /** How much larger at the bottom of the picture than at its top, of the size in the middle: a view that is no view from above. */
  readonly grow?: number;
  readonly clothes?: Colour;
  readonly hair?: Colour;
  /** A box that is pushed before: length of the picture's height. */
  readonly trolley?: number;
}

/** A leaf that turns about its hinge, seen from above. */
export interface Leaf {
  readonly hinge: Place;
  /** Of the picture's width. */
  readonly length: number;
  /** Radians from the picture's right-hand side, clockwise. */
  readonly angle: (tS: number) => number;
  readonly colour?: Colour;
}

export interface Scene {
  readonly seconds: number;
  readonly fps?: number;
  readonly picture?: Picture;
  readonly floor?: Colour;
  /** Strength of the floor's pattern, grey levels. */
  readonly pattern?: number;
  /** Standard deviation of the camera's noise, grey levels. */
  readonly noise?: number;
  /** What is left of the light in a shadow, 1 = no shadows. */
  readonly shadow?: number;
  readonly walkers?: readonly Walker[];
  readonly leaves?: readonly Leaf[];
  readonly things?: readonly {
    readonly at: Place;
    readonly size: Place;
    readonly fromS: number;
    readonly colour?: Colour;
  }[];
  /** Brightness of the picture at a time and place, 1 = as at first. */
  readonly light?: (tS: number, x: number, y: number) => Colour | number;
  readonly seed?: number;
}

/** Goes from one place to another at that time, and is outside before and after. */
export function walk(from: Place, to: Place, startS: number, seconds: number): Walker["at"] {
  return (tS) => {
    const share = (tS - startS) / seconds;
    if (share < 0 || share > 1) return undefined;
    return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
  };
}

/** Goes to `stop`, stays, and goes on. */
export function walkAndStop(
  from: Place,
  stop: Place,
  to: Place,
  times: { startS: number; legS: number; stayS: number },
) {
  const { startS, legS, stayS } = times;
  const come = walk(from, stop, startS, legS);
  const leave = walk(stop, to, startS + legS + stayS, legS);
  return (tS: number): Place | undefined => {
    if (tS > startS + legS && tS < startS + legS + stayS) {
      return [stop[0] + 0.004 * Math.sin(tS * 2), stop[1] + 0.006 * Math.sin(tS * 1.3)];
    }
    return come(tS) ?? leave(tS);
  };
}

/** The frames that a camera would give of a scene. */
export function* framesOf(scene: Scene, shape: FrameShape): Generator<Frame> {
  const { seconds, fps = 10, picture = { width: 640, height: 480 } } = scene;
  const painter = new Painter(scene, shape, picture);
  for (let index = 0; index < seconds * fps; index++) {
    const atS = index / fps;
    const data = painter.paint(atS);
    yield { cameraId: "door", index, captureMs: 1000 * atS, atS, picture, data, release: () => {} };
  }
}

class Painter {
  readonly #scene: Scene;
  readonly #shape: FrameShape;
  readonly #width: number;
  readonly #height: number;
  readonly #pixels: Float32Array;
  readonly #floor: Float32Array;
  readonly #random: () => number;

  constructor(scene: Scene, shape: FrameShape, picture: Picture) {
    const { width, height } = letterboxOf(picture, shape);
    this.#scene = scene;
    this.#shape = shape;
    this.#width = width;
    this.#height = height;
    this.#random = seededRandom(scene.seed ?? 1);
    this.#floor = this.#paintFloor();
    this.#pixels = new Float32Array(this.#floor.length);
  }

  paint(tS: number): Uint8Array<ArrayBuffer> {
    const { walkers = [], leaves = [], things = [] } = this.#scene;
    this.#pixels.set(this.#floor);
    for (const { at, size, fromS, colour = BROWN } of things) if (tS >= fromS) this.#paintBox(at, size, colour);
    for (const walker of walkers) this.#paintShadow(walker, tS);
    for (const leaf of leaves) this.#paintLeaf(leaf, leaf.angle(tS));
    for (const walker of walkers) this.#paintWalker(walker, tS);
    return this.#expose(tS);
  }

  #paintFloor(): Float32Array {
    const { floor = [120, 118, 112], pattern = 12 } = this.#scene;
    const pixels = new Float32Array(3 * this.#width * this.#height);
    for (let y = 0; y < this.#height; y++) {
      for (let x = 0; x < this.#width; x++) {
        const grout = x % 22 === 0 || y % 22 === 0 ? -1.5 : 0;
        const shade = pattern * (grout + 0.5 * Math.sin(x / 9) * Math.cos(y / 13) + 0.4 * (this.#random() - 0.5));
        for (let c = 0; c < 3; c++) pixels[3 * (y * this.#width + x) + c] = Math.max(0, floor[c]! + shade);
      }
    }
    return pixels;
  }

  #bodyOf(walker: Walker, tS: number) {
    const place = walker.at(tS);
    if (place === undefined) return undefined;
    const before = walker.at(tS - 0.1) ?? place;
    const after = walker.at(tS + 0.1) ?? place;
    const [dx, dy] = [(after[0] - before[0]) * this.#width, (after[1] - before[1]) * this.#height];
    const speed = Math.hypot(dx, dy);
    const heading = speed < 0.5 ? 0 : Math.atan2(dy, dx);
    const half = ((walker.width ?? 0.26) * (1 + (walker.grow ?? 0) * (place[1] - 0.5)) * this.#width) / 2;
    return { x: place[0] * this.#width, y: place[1] * this.#height, heading, half, speed };
  }

  #paintShadow(walker: Walker, tS: number): void {
    const { shadow = 0.7 } = this.#scene;
    const body = this.#bodyOf(walker, tS);
    if (body === undefined || shadow === 1) return;
    const { x, y, half } = body;
    this.#ellipse(
      { x: x + 0.9 * half, y: y + 0.5 * half, a: 1.3 * half, b: 0.8 * half, turn: 0.5, soft: 0.5 },
      (at, share) => {
        for (let c = 0; c < 3; c++) this.#pixels[at + c]! *= 1 - share * (1 - shadow);
      },
    );
  }

  #paintWalker(walker: Walker, tS: number): void {
    const body = this.#bodyOf(walker, tS);
    if (body === undefined) return;
    const { clothes = [60, 70, 140], hair = [25, 20, 18], trolley } = walker;
    const { x, y, heading, half, speed } = body;
    const [fx, fy] = [Math.cos(heading), Math.sin(heading)];
    const swing = speed < 0.5 ? 0 : Math.sin(tS * 7) * 0.5 * half;
    const across = heading + Math.PI / 2;
    if (trolley !== undefined) {
      const far = half + (trolley * this.#height) / 2;
      this.#paintBox([(x + far * fx) / this.#width, (y + far * fy) / this.#height], [0.1, trolley], [150, 155, 160]);
    }
    for (const side of [-1, 1]) {
      const [ax, ay] = [
        x - side * 0.85 * half * fy + side * swing * fx,
        y + side * 0.85 * half * fx + side * swing * fy,
      ];
      this.#disc({ x: ax, y: ay, a: 0.25 * half, b: 0.25 * half, turn: 0, soft: 0.2 }, clothes);
    }
    this.#disc({ x, y, a: half, b: 0.55 * half, turn: across, soft: 0.08 }, clothes);
    this.#disc(
      { x: x + 0.15 * half * fx, y: y + 0.15 * half * fy, a: 0.4 * half, b: 0.4 * half, turn: 0, soft: 0.1 },
      hair,
    );
  }

  #paintLeaf({ hinge, length, colour = [170, 165, 150] }: Leaf, angle: number): void {
    const a = (length * this.#width) / 2;
    const x = hinge[0] * this.#width + a * Math.cos(angle);
    const y = hinge[1] * this.#height + a * Math.sin(angle);
    this.#disc({ x, y, a, b: 3, turn: angle, soft: 0.05 }, colour);
  }

  #paintBox([x, y]: Place, [width, height]: Place, colour: Colour): void {
    const [w, h] = [this.#width, this.#height];
    const right = Math.min(w, Math.round((x + width / 2) * w));
    const bottom = Math.min(h, Math.round((y + height / 2) * h));
    for (let py = Math.max(0, Math.round((y - height / 2) * h)); py < bottom; py++) {
      for (let px = Math.max(0, Math.round((x - width / 2) * w)); px < right; px++) {
        this.#pixels.set(colour, 3 * (py * w + px));
      }
    }
  }

  #disc(ellipse: Ellipse, colour: Colour): void {
    this.#ellipse(ellipse, (at, share) => {
      for (let c = 0; c < 3; c++) this.#pixels[at + c]! += share * (colour[c]! - this.#pixels[at + c]!);
    });
  }

  #ellipse({ x, y, a, b, turn, soft }: Ellipse, put: (at: number, share: number) => void): void {
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const reach = Math.ceil(Math.max(a, b) * (1 + soft));
    for (let py = Math.max(0, Math.floor(y - reach)); py < Math.min(this.#height, y + reach + 1); py++) {
      for (let px = Math.max(0, Math.floor(x - reach)); px < Math.min(this.#width, x + reach + 1); px++) {
        const u = ((px - x) * cos + (py - y) * sin) / a;
        const v = ((py - y) * cos - (px - x) * sin) / b;
        const share = Math.max(0, Math.min(1, (1 + soft - Math.hypot(u, v)) / (2 * soft)));
        if (share > 0) put(3 * (py * this.#width + px), share);
      }
    }
  }

  /** Light, noise and rounding, into the planes of the frame. */
  #expose(tS: number): Uint8Array<ArrayBuffer> {
    const { light = () => 1, noise = 2 } = this.#scene;
    const { width: stride, height: rows, pixelFormat } = this.#shape;
    if (pixelFormat !== "gbrp") throw new Error("these scenes are painted as gbrp");
    const frame = new Uint8Array(3 * stride * rows);
    for (let y = 0; y < this.#height; y++) {
      for (let x = 0; x < this.#width; x++) {
        const shine = light(tS, x / this.#width, y / this.#height);
        const from = 3 * (y * this.#width + x);
        const to = y * stride + x;
        for (let c = 0; c < 3; c++) {
          const gain = typeof shine === "number" ? shine : shine[c]!;
          const value =
            this.#pixels[from + c]! * gain + noise * (this.#random() + this.#random() + this.#random() - 1.5) * 2;
          frame[to + PLANE_OF[c]! * stride * rows] = Math.max(0, Math.min(255, Math.round(value)));
        }
      }
    }
    return frame;
  }
}

/** In which of the planes G, B, R a colour's part goes. */
const PLANE_OF = [2, 0, 1] as const;

interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
  readonly turn: number;
  readonly soft: number;
}
