// cli-progress: the usual progress bar of Node command lines.
import { Presets, SingleBar } from "cli-progress";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import type { CliContext } from "./context.ts";

/** Shows how far a job is, from the first update on; safe to use where nobody watches: then it prints a line at once and every ten seconds. */
export interface Progress {
  /** `fraction` 0..1, or undefined where the end is not known. */
  update(fraction: number | undefined, text: string): void;
  stop(): void;
}

/** How much of `whole` is done, 0..1; undefined where the whole is not known. */
export function share(done: number, whole: number | undefined): number | undefined {
  if (whole === undefined) return undefined;
  return whole > 0 ? Math.min(1, done / whole) : 1;
}

type Watcher = Pick<CliContext, "interactive" | "note">;

const LINE_EVERY_MS = 10_000;

export function createProgress(context: Watcher, label: string): Progress {
  return context.interactive ? createBar(label) : createLines(context, label);
}

function createBar(label: string): Progress {
  const format = `${label} [{bar}] {percentage}% {text}`;
  const bar = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: false },
    Presets.shades_classic,
  );
  return {
    update: (fraction, text) => {
      const payload = { text: safeLine(text) };
      if (!bar.isActive) bar.start(100, 0, payload);
      bar.update(Math.round((fraction ?? 0) * 100), payload);
    },
    stop: () => bar.stop(),
  };
}

function createLines(context: Watcher, label: string): Progress {
  let nextMs = 0;
  return {
    update: (fraction, text) => {
      if (Date.now() < nextMs) return;
      nextMs = Date.now() + LINE_EVERY_MS;
      const percent = fraction === undefined ? "" : ` ${Math.round(fraction * 100)}%`;
      context.note(`${label}${percent} ${text}\n`);
    },
    stop: () => {},
  };
}

/** Shorter jobs show no bar. */
const QUIET_MS = 2000;

/** A progress that shows itself only when the job has taken two seconds. */
export function createPatientProgress(context: Watcher, label: string): Progress {
  const progress = createProgress(context, label);
  const startMs = Date.now();
  return {
    update: (fraction, text) => {
      if (Date.now() - startMs > QUIET_MS) progress.update(fraction, text);
    },
    stop: () => progress.stop(),
  };
}
