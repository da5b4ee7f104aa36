import type { Frame, FrameShape } from "../../../edge-agent/camera/port.ts";
import { CameraHealth, type CameraHealthOptions } from "../../../edge-agent/camera-health/camera-health.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";

export const SHAPE: FrameShape = { width: 128, height: 96, pixelFormat: "rgb24", padValue: 128, padAlign: "centre" };
const { width: W, height: H } = SHAPE;

/** Grey levels of a picture of the size of `SHAPE`. */
export type Grey = Float32Array;

/** A place full of edges: shelves and things on them. */
export function place(seed = 1): Grey {
  const random = seededRandom(seed);
  const grey = new Float32Array(W * H).fill(120);
  for (let i = 0; i < 120; i++) {
    const [x, y] = [Math.floor(random() * W), Math.floor(random() * H)];
    paint(grey, { x, y, w: 3 + Math.floor(random() * 14), h: 3 + Math.floor(random() * 14) }, 40 + random() * 170);
  }
  return grey;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export function paint(grey: Grey, { x, y, w, h }: Box, level: number): Grey {
  for (let j = Math.max(0, Math.floor(y)); j < Math.min(H, y + h); j++)
    for (let i = Math.max(0, Math.floor(x)); i < Math.min(W, x + w); i++) grey[j * W + i] = level;
  return grey;
}

export const each = (grey: Grey, change: (level: number, x: number, y: number) => number): Grey =>
  grey.map((level, at) => change(level, at % W, Math.floor(at / W)));

/** The same moved by some pixels; what comes in from the sides is what left at the others. */
export const shifted = (grey: Grey, dx: number, dy: number): Grey =>
  each(grey, (_, x, y) => grey[((y + dy + H) % H) * W + ((x + dx + W) % W)]!);

/** The mean of (2 radius + 1)^2 pixels. */
export function blurred(grey: Grey, radius: number): Grey {
  return each(grey, (_, x, y) => {
    let sum = 0;
    let count = 0;
    for (let j = Math.max(0, y - radius); j <= Math.min(H - 1, y + radius); j++)
      for (let i = Math.max(0, x - radius); i <= Math.min(W - 1, x + radius); i++, count++) sum += grey[j * W + i]!;
    return sum / count;
  });
}

/** A picture at a time, seconds, before the noise. */
export type Scene = (atS: number) => Grey;

/** The place with two people who cross it. */
export const busy =
  (grey = place()): Scene =>
  (atS) => {
    const now = paint(grey.slice(), { x: ((atS * 9) % 170) - 20, y: 30, w: 12, h: 50 }, 20);
    return paint(now, { x: 140 - ((atS * 13) % 190), y: 40, w: 10, h: 44 }, 230);
  };

/** Grains of a sensor, -1..1; each frame begins somewhere else in them. */
const GRAINS = (() => {
  const random = seededRandom(7);
  return Float32Array.from({ length: 65_536 + W * H }, () => random() + random() - 1);
})();

/** A camera in simulated time, at a frame a second. */
export class ShopCamera {
  readonly turns: string[] = [];
  readonly unusable: { readonly isOther: boolean; readonly reason: string }[] = [];
  readonly health: CameraHealth;
  frames = 0;
  /** Seconds from frame to frame. */
  stepS = 1;
  readonly #random = seededRandom(7);
  #nowMs = 0;

  constructor(options: Partial<CameraHealthOptions> = {}) {
    this.health = new CameraHealth({
      fps: 1,
      shape: SHAPE,
      setUp: "as drawn",
      monotonicMs: () => this.#nowMs,
      onTurn: (fault, holds) => this.turns.push(`${holds ? "+" : "-"}${fault}`),
      onUnusable: (recalled) => this.unusable.push(recalled),
      ...options,
    });
  }

  get word(): string {
    return this.health.view({ status: "ok" }).view;
  }

  /** Time without a frame. */
  wait(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }

  /** Shows a scene for so long; `noise` = its sensor's, levels. Gives the seconds until the first fault began. */
  show(scene: Scene, seconds: number, noise = 4, isGrey = false): number | undefined {
    const fromS = this.#nowMs / 1000;
    const before = this.turns.length;
    let foundS: number | undefined;
    for (let i = 0; i < seconds / this.stepS; i++) {
      const atS = this.#nowMs / 1000;
      this.health.see(this.#frame(scene(atS), atS, { noise, isGrey }));
      if (this.turns.slice(before).some((turn) => turn.startsWith("+"))) foundS ??= atS - fromS;
      this.#nowMs += this.stepS * 1000;
    }
    return foundS;
  }

  #frame(grey: Grey, atS: number, { noise, isGrey }: { noise: number; isGrey: boolean }): Frame {
    const first = Math.floor(this.#random() * 65_536);
    const data = new Uint8ClampedArray(grey.length * 3);
    grey.forEach((level, at) => {
      const grain = GRAINS[first + at]! * 2 * noise;
      data[3 * at] = level * (isGrey ? 1 : 1.15) + grain;
      data[3 * at + 1] = level + grain;
      data[3 * at + 2] = level * (isGrey ? 1 : 0.85) + grain;
    });
    const index = this.frames++;
    return {
      cameraId: "door",
      index,
      captureMs: atS * 1000,
      atS,
      picture: { width: 640, height: 480 },
      data: new Uint8Array(data),
      release: () => {},
    };
  }
}
