import type { Picture } from "../../../edge-agent/camera/port.ts";
import { CameraHealth } from "../../../edge-agent/camera-health/camera-health.ts";
import type { ViewFault } from "../../../firmware-config/contract/view.ts";
import { FPS, SHAPE } from "./films.ts";

/** A fault that began or ended, seconds since the first frame. */
export interface Turn {
  readonly fault: ViewFault;
  readonly holds: boolean;
  readonly atS: number;
}

/** A camera in simulated time: its frames are fed as fast as they are looked at. */
export class Watch {
  readonly turns: Turn[] = [];
  readonly health: CameraHealth;
  readonly #picture: Picture;
  #frames = 0;
  #workMs = 0;

  constructor(picture: Picture, kept?: string) {
    this.#picture = picture;
    this.health = new CameraHealth({
      fps: FPS,
      shape: SHAPE,
      setUp: "bench",
      kept,
      monotonicMs: () => this.atS * 1000,
      onTurn: (fault, holds) => this.turns.push({ fault, holds, atS: this.atS }),
    });
  }

  get atS(): number {
    return this.#frames / FPS;
  }

  /** Milliseconds of work a frame. */
  get frameMs(): number {
    return this.#workMs / this.#frames;
  }

  get word(): string {
    return this.health.view({ status: "ok" }).view;
  }

  /** Shows the frames over and over for so many seconds, beginning with the one numbered `from`; gives the next one's number. */
  show(frames: readonly Uint8Array[], seconds: number, from = 0): number {
    const end = this.#frames + Math.round(seconds * FPS);
    let next = from;
    for (; this.#frames < end; this.#frames++, next++) this.#see(frames[next % frames.length] ?? new Uint8Array());
    return next % frames.length;
  }

  #see(data: Uint8Array): void {
    const index = this.#frames;
    const atS = this.atS;
    const startMs = performance.now();
    this.health.see({
      cameraId: "c",
      index,
      atS,
      captureMs: atS * 1000,
      picture: this.#picture,
      data: data as Uint8Array<ArrayBuffer>,
      release: () => {},
    });
    this.#workMs += performance.now() - startMs;
  }
}
