import type { DecoderConfig, DecoderType } from "../../firmware-config/config/decoder.ts";
import type { Log } from "../../firmware-config/kit/log.ts";

const SOFTWARE: DecoderConfig = { type: "software" };

/**
 * Whether a camera's hardware decoder works. A run without a frame may be the camera's fault or the decoder's, and what ffmpeg says differs from
 * build to build. So the next run, at once, is in software: when it has a frame the hardware was to blame and software stays
 * until the agent starts anew; when it has none either, it was the camera, and hardware is tried again.
 */
export class DecoderTrial {
  readonly #wanted: DecoderConfig;
  readonly #camera: string;
  readonly #log: Log;
  #state: "hardware" | "doubted" | "software";
  /** What the hardware's run said. */
  #detail = "";

  constructor({ wanted = SOFTWARE, camera, log }: TrialOptions) {
    this.#wanted = wanted;
    this.#camera = camera;
    this.#log = log;
    this.#state = wanted.type === "software" ? "software" : "hardware";
  }

  /** For the next run. */
  get decoder(): DecoderConfig {
    return this.#state === "hardware" ? this.#wanted : SOFTWARE;
  }

  /** What the health message says; undefined where no hardware was asked for. */
  get told(): DecoderType | undefined {
    return this.#wanted.type === "software" ? undefined : this.decoder.type;
  }

  /** True while runs are in hardware, which says much on its way to software that is no damage. */
  get isHardware(): boolean {
    return this.#state === "hardware";
  }

  /** A frame has come. */
  onFrame(): void {
    if (this.#state !== "doubted") return;
    this.#state = "software";
    const fields = {
      camera: this.#camera,
      decoder: this.#wanted.type,
      device: this.#wanted.device,
      detail: this.#detail,
    };
    this.#log.warn(fields, "the hardware decoder does not work; software decodes until the next start");
  }

  /** No run could start, which is nobody's fault but the camera's or the machine's: who was doubted is tried again. */
  onNoRun(): void {
    if (this.#state === "doubted") this.#state = "hardware";
  }

  /** A run has ended by itself; true = the next one is to start at once. `detail` may be logged. */
  onEnd(frames: number, detail: string): boolean {
    if (frames > 0) return false;
    const isDoubted = this.#state === "hardware";
    if (isDoubted) this.#detail = detail;
    if (this.#state !== "software") this.#state = isDoubted ? "doubted" : "hardware";
    return isDoubted;
  }
}

interface TrialOptions {
  readonly wanted?: DecoderConfig | undefined;
  readonly camera: string;
  readonly log: Log;
}
