import { type OpenWindow, openWindow, type Target } from "./window.ts";

/** The open windows of one line or zone: one, or a few while events may still come for an earlier one. */
export class TargetWindows {
  readonly target: Target;
  readonly #windowMs: number;
  #open: OpenWindow[] = [];
  #current: OpenWindow | undefined;

  constructor(target: Target, windowMs: number) {
    this.target = target;
    this.#windowMs = windowMs;
  }

  get open(): readonly OpenWindow[] {
    return this.#open;
  }

  /** The window that `atMs` falls into. */
  at(atMs: number): OpenWindow {
    const offsetMs = this.#current ? atMs - this.#current.startMs : -1;
    if (this.#current && offsetMs >= 0 && offsetMs < this.#windowMs) return this.#current;
    this.#current = this.#find(Math.floor(atMs / this.#windowMs) * this.#windowMs);
    return this.#current;
  }

  /** Takes out those that start before `fromMs`, in doubt only before `doubtFromMs`, and those that start after `toMs`. */
  takeOutside(fromMs: number, toMs: number, doubtFromMs = fromMs): readonly OpenWindow[] {
    const isInside = ({ startMs, doubtS }: OpenWindow) =>
      startMs >= (doubtS === undefined ? fromMs : doubtFromMs) && startMs <= toMs;
    const taken = this.#open.filter((window) => !isInside(window));
    this.#open = this.#open.filter(isInside);
    this.#current = undefined;
    return taken;
  }

  #find(startMs: number): OpenWindow {
    const known = this.#open.find((window) => window.startMs === startMs);
    if (known) return known;
    const window = openWindow(this.target, startMs, this.#windowMs);
    this.#open.push(window);
    return window;
  }
}
