import type { CameraConfig } from "../../firmware-config/config/device.ts";
import type { CounterEvent } from "../counter/counter-events.ts";
import { checkpointOf } from "./checkpoint.ts";
import type { Draft, MessageSink } from "./message-sink.ts";
import { TargetWindows } from "./target-windows.ts";
import { addEvent, addFrame, countsOf, endDoubt, type OpenWindow, type Sight } from "./window.ts";

export interface WindowsOptions {
  readonly windowMs: number;
  /** Also publish single crossings and visits. */
  readonly events: boolean;
  readonly sink: MessageSink;
}

/** The time of a frame: on the wall and on the camera's clock. */
export interface FrameTime {
  readonly captureMs: number;
  readonly atS: number;
}

/** A frame's time, and what could be seen at it; default: everything. */
export interface SightedFrame extends FrameTime {
  readonly sight?: Sight | undefined;
}

/** A gap between two frames longer than this was not watched. */
const LONGEST_FRAME_S = 2;
const SPARE_MS = 1_000;
/** A window waits no longer for the end of a doubt: every fault of a view is told within a minute. */
const DOUBT_MS = 90_000;
const SEEN: Sight = { state: "seen" };

/**
 * Sums of all cameras by window. Each count goes to the sink in the same commit as the sums that hold it, so that a crash
 * loses neither or both. An event that comes later than its window's message makes a second message for that window;
 * readers add them up.
 */
export class Windows {
  readonly #options: WindowsOptions;
  readonly #cameras: CameraWindows[] = [];

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** Publishes what the boot before this one had not, each window with its own length. */
  async recover(windows: readonly OpenWindow[]): Promise<void> {
    await this.#options.sink.commit(windows.map(countsOf), checkpointOf([]));
  }

  /** The part of the windows that one camera fills. */
  forCamera(config: CameraConfig): CameraWindows {
    const camera = new CameraWindows(config, this.#options, () => this.#checkpoint());
    this.#cameras.push(camera);
    return camera;
  }

  #checkpoint(): string {
    return checkpointOf(this.#cameras.flatMap((camera) => camera.open));
  }
}

/** The windows of one camera's lines and zones. */
export class CameraWindows {
  readonly #options: WindowsOptions;
  readonly #checkpoint: () => string;
  readonly #targets: readonly TargetWindows[];
  readonly #graceMs: number;
  #lastAtS: number | undefined;
  #settledMs = Number.NaN;
  #isInDoubt = false;

  /** Use `Windows.forCamera`. */
  constructor(config: CameraConfig, options: WindowsOptions, checkpoint: () => string) {
    this.#options = options;
    this.#checkpoint = checkpoint;
    const { id: cameraId, lines, zones } = config;
    this.#targets = [
      ...lines.map(({ id }) => ({ cameraId, targetKind: "line", targetId: id }) as const),
      ...zones.map(({ id }) => ({ cameraId, targetKind: "zone", targetId: id }) as const),
    ].map((target) => new TargetWindows(target, options.windowMs));
    const waits = [...lines.map((line) => line.uTurnS + line.confirmS), ...zones.map((zone) => zone.leaveAfterS)];
    this.#graceMs = Math.max(0, ...waits) * 1000 + SPARE_MS;
  }

  get open(): readonly OpenWindow[] {
    return this.#targets.flatMap((target) => target.open);
  }

  /** Adds a frame, the events that it brought and the zones' occupancy (in the order of the configuration). */
  async add(time: SightedFrame, events: readonly CounterEvent[], occupancy: ArrayLike<number>): Promise<void> {
    const { sight = SEEN } = time;
    if (sight.state !== "doubtful") this.#endDoubt(sight.state);
    this.#addFrame(time, occupancy, sight);
    await this.#commit(time, events, time.captureMs);
  }

  /** Adds events that no frame brought; `time` is that of the last frame. */
  async addEvents(time: FrameTime, events: readonly CounterEvent[]): Promise<void> {
    await this.#commit(time, events, time.captureMs);
  }

  /** The stream is over: adds the last events, and publishes all that is open. */
  async finish(time: FrameTime, events: readonly CounterEvent[]): Promise<void> {
    await this.#commit(time, events, Number.POSITIVE_INFINITY);
  }

  /** Publishes windows that are over although no frame came since; `nowMs` is the wall clock of a live camera. */
  async settle(nowMs: number): Promise<void> {
    const drafts = this.#close(nowMs);
    if (drafts.length > 0) await this.#options.sink.commit(drafts, this.#checkpoint());
  }

  async #commit(time: FrameTime, events: readonly CounterEvent[], nowMs: number): Promise<void> {
    const drafts: Draft[] = [];
    for (const event of events) drafts.push(...this.#addEvent(time, event));
    drafts.push(...this.#close(nowMs));
    if (drafts.length === 0 && events.length === 0) return;
    await this.#options.sink.commit(drafts, this.#checkpoint());
  }

  #addFrame({ captureMs, atS }: FrameTime, occupancy: ArrayLike<number>, sight: Sight): void {
    const gapS = this.#lastAtS === undefined ? 0 : atS - this.#lastAtS;
    const durationS = gapS <= LONGEST_FRAME_S ? gapS : 0;
    this.#lastAtS = atS;
    let zone = 0;
    for (const windows of this.#targets) {
      const inside = windows.target.targetKind === "zone" ? (occupancy[zone++] ?? 0) : 0;
      addFrame(windows.at(captureMs), { durationS, occupancy: inside, sight });
    }
    this.#isInDoubt ||= sight.state === "doubtful";
  }

  /** Windows that waited for it can be published with the next commit. */
  #endDoubt(state: "seen" | "blind"): void {
    if (!this.#isInDoubt) return;
    this.#isInDoubt = false;
    this.#settledMs = Number.NaN;
    for (const window of this.open) endDoubt(window, state);
  }

  #addEvent(time: FrameTime, event: CounterEvent): Draft[] {
    const windows = this.#windowsOf(event);
    if (!windows) return [];
    const atMs = this.#wallMs(time, event.kind === "crossing" ? event.atS : event.leftAtS);
    addEvent(windows.at(atMs), event);
    if (!this.#options.events) return [];
    const { target } = windows;
    const common = {
      kind: "events",
      ts: new Date(atMs).toISOString(),
      cameraId: target.cameraId,
      targetId: target.targetId,
    } as const;
    if (event.kind === "crossing") return [{ ...common, eventKind: "crossing", direction: event.direction }];
    const enteredAt = new Date(this.#wallMs(time, event.enteredAtS)).toISOString();
    return [{ ...common, eventKind: "visit", enteredAt, dwellS: Math.max(0, event.dwellS), stop: event.stop }];
  }

  #windowsOf(event: CounterEvent): TargetWindows | undefined {
    const [kind, id] =
      event.kind === "crossing" ? (["line", event.lineId] as const) : (["zone", event.zoneId] as const);
    return this.#targets.find(({ target }) => target.targetKind === kind && target.targetId === id);
  }

  #wallMs(time: FrameTime, atS: number): number {
    return time.captureMs - (time.atS - atS) * 1000;
  }

  /**
   * Closes the windows that get no more counts, looking only when a new window or its grace begins: those that are over, and
   * those that a clock put back has left ahead of it.
   */
  #close(nowMs: number): Draft[] {
    const { windowMs } = this.#options;
    const settledMs = Math.floor((nowMs - this.#graceMs) / windowMs) * windowMs;
    if (settledMs === this.#settledMs) return [];
    this.#settledMs = settledMs;
    const take = (target: TargetWindows) => target.takeOutside(settledMs, nowMs + windowMs, settledMs - DOUBT_MS);
    return this.#targets.flatMap(take).map(countsOf);
  }
}
