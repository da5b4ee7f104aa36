import type { CameraConfig } from "../../firmware-config/config/device.ts";
import type { CounterEvent } from "../counter/counter-events.ts";
import { checkpointOf } from "./checkpoint.ts";
import type { Draft, MessageSink } from "./message-sink.ts";
import { addEvent, addFrame, countsOf, type OpenWindow, openWindow, type Target } from "./window.ts";

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

/** A gap between two frames longer than this was not watched. */
const LONGEST_FRAME_S = 2;
const SPARE_MS = 1_000;

/**
 * Sums of all cameras by window. Each count goes to the sink in the same commit as the sums that hold it, so that a crash
 * loses neither or both. An event that comes later than its window's message makes a second message for that window;
 * readers add them up.
 */
export class Windows {
  readonly #options: WindowsOptions;
  readonly #open = new Map<string, OpenWindow>();

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** Publishes what the boot before this one had not, each window with its own length. */
  async recover(windows: readonly OpenWindow[]): Promise<void> {
    await this.#options.sink.commit(windows.map(countsOf), checkpointOf([]));
  }

  /** The part of the windows that one camera fills. */
  forCamera(config: CameraConfig): CameraWindows {
    return new CameraWindows(config, this.#options, this.#open);
  }
}

/** The windows of one camera's lines and zones. */
export class CameraWindows {
  readonly #options: WindowsOptions;
  readonly #open: Map<string, OpenWindow>;
  readonly #targets: readonly Target[];
  readonly #graceMs: number;
  #lastAtS: number | undefined;
  #currentStartMs = Number.NaN;

  constructor(config: CameraConfig, options: WindowsOptions, open: Map<string, OpenWindow>) {
    this.#options = options;
    this.#open = open;
    this.#targets = [
      ...config.lines.map(({ id }) => ({ cameraId: config.id, targetKind: "line", targetId: id }) as const),
      ...config.zones.map(({ id }) => ({ cameraId: config.id, targetKind: "zone", targetId: id }) as const),
    ];
    const waits = [
      ...config.lines.map((line) => line.uTurnS + line.confirmS),
      ...config.zones.map((zone) => zone.leaveAfterS),
    ];
    this.#graceMs = Math.max(0, ...waits) * 1000 + SPARE_MS;
  }

  /** Adds a frame, the events that it brought and the zones' occupancy (in the order of the configuration). */
  async add(time: FrameTime, events: readonly CounterEvent[], occupancy: ArrayLike<number>): Promise<void> {
    this.#addFrame(time, occupancy);
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
    if (drafts.length > 0) await this.#options.sink.commit(drafts, checkpointOf([...this.#open.values()]));
  }

  async #commit(time: FrameTime, events: readonly CounterEvent[], nowMs: number): Promise<void> {
    const drafts: Draft[] = [];
    for (const event of events) drafts.push(...this.#addEvent(time, event));
    drafts.push(...this.#close(nowMs));
    if (drafts.length === 0 && events.length === 0) return;
    await this.#options.sink.commit(drafts, checkpointOf([...this.#open.values()]));
  }

  #addFrame({ captureMs, atS }: FrameTime, occupancy: ArrayLike<number>): void {
    const gapS = this.#lastAtS === undefined ? 0 : atS - this.#lastAtS;
    const durationS = gapS <= LONGEST_FRAME_S ? gapS : 0;
    this.#lastAtS = atS;
    let zone = 0;
    for (const target of this.#targets) {
      const inside = target.targetKind === "zone" ? (occupancy[zone++] ?? 0) : 0;
      addFrame(this.#windowAt(target, captureMs), durationS, inside);
    }
  }

  #addEvent(time: FrameTime, event: CounterEvent): Draft[] {
    const target = this.#targetOf(event);
    if (!target) return [];
    const atMs = this.#wallMs(time, event.kind === "crossing" ? event.atS : event.leftAtS);
    addEvent(this.#windowAt(target, atMs), event);
    if (!this.#options.events) return [];
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

  #targetOf(event: CounterEvent): Target | undefined {
    const [kind, id] =
      event.kind === "crossing" ? (["line", event.lineId] as const) : (["zone", event.zoneId] as const);
    return this.#targets.find((target) => target.targetKind === kind && target.targetId === id);
  }

  #wallMs(time: FrameTime, atS: number): number {
    return time.captureMs - (time.atS - atS) * 1000;
  }

  #windowAt(target: Target, atMs: number): OpenWindow {
    const { windowMs } = this.#options;
    const startMs = Math.floor(atMs / windowMs) * windowMs;
    const key = `${target.cameraId}/${target.targetKind}/${target.targetId}/${startMs}`;
    let window = this.#open.get(key);
    if (!window) {
      window = openWindow(target, startMs, windowMs);
      this.#open.set(key, window);
    }
    return window;
  }

  /** Closes this camera's windows that can get no more events, looking only when a new window or its grace begins. */
  #close(captureMs: number): Draft[] {
    const { windowMs } = this.#options;
    const settledMs = Math.floor((captureMs - this.#graceMs) / windowMs) * windowMs;
    if (settledMs === this.#currentStartMs) return [];
    this.#currentStartMs = settledMs;
    const cameraId = this.#targets[0]?.cameraId;
    const drafts: Draft[] = [];
    for (const [key, window] of this.#open) {
      if (window.cameraId !== cameraId || window.startMs + windowMs > settledMs) continue;
      drafts.push(countsOf(window));
      this.#open.delete(key);
    }
    return drafts;
  }
}
