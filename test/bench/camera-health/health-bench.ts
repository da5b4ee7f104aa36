import type { BenchResult } from "../result.ts";
import { FAULTS, type Fault } from "./faults.ts";
import { type Film, FPS, films, framesOf } from "./films.ts";
import { emptyPlace, INNOCENTS } from "./innocents.ts";
import { Watch } from "./watch.ts";

type Note = (text: string) => void;

/** Good seconds before a fault, and of the fault. */
const BEFORE_S = 200;
const FAULT_S = 75;
const AFTER_S = 40;
const HOURS_S = 7_200;
const EMPTY_S = 1_200;
/** Every fault is to be told within this, seconds. */
const IN_TIME_S = 60;
/** What one frame of the bundled model costs at the least, milliseconds: a tenth of a second on a busy device. */
const FRAME_MS = 20;
/** Frames a second that a device works on; one of them is looked at. */
const DEVICE_FPS = 10;
const ABSENT = "No film is beside this checkout (../shared/data): not measured.";

/** Faults found and innocent changes left alone, in simulated time. */
export async function runHealthBench(note: Note): Promise<readonly BenchResult[]> {
  const all = films();
  if (all.length === 0) return [{ name: "Camera health", lines: [ABSENT] }];
  const results: BenchResult[] = [];
  for (const film of all) {
    note(`${film.name} ...\n`);
    results.push(resultOf(film));
  }
  return results;
}

function resultOf(film: Film): BenchResult {
  const clean = framesOf({ input: ["-i", film.file] }, film.picture);
  const found = FAULTS.map((fault) => ({ fault, ...tryFault(film, clean, fault) }));
  const late = found.filter(({ seconds }) => seconds === undefined || seconds > IN_TIME_S).length;
  const wrongWord = found.filter(
    ({ fault, word }) => word !== undefined && !fault.words.some((right) => right === word),
  );
  const loop = loopFor(film, clean);
  return {
    name: `Camera health: ${film.name}`,
    lines: [
      ...found.map(({ fault, word, seconds, ended }) => {
        const told =
          seconds === undefined
            ? "NOT FOUND"
            : `${word} after ${seconds.toFixed(0)} s${seconds > IN_TIME_S ? " LATE" : ""}`;
        return `${fault.name.padEnd(30)} ${told}${ended ? "" : ", and stays"}`;
      }),
      `found ${found.length - late} of ${found.length} within ${IN_TIME_S} s, ${wrongWord.length} by another word`,
      ...loop,
      ...INNOCENTS.map((innocent) => {
        const watch = watchOf(film, clean);
        watch.show(innocent.frames(film), innocent.seconds);
        const word = watch.word;
        watch.show(clean, AFTER_S);
        return `${innocent.name.padEnd(44)} ${falseOf(watch)}, says ${word}`;
      }),
      ...[2, 8].map((noise) => {
        const place = emptyPlace(film, noise);
        const watch = new Watch(film.picture);
        watch.show(place.busy, BEFORE_S);
        watch.show(place.empty, EMPTY_S);
        return `${`empty for 20 minutes, sensor noise ${noise}`.padEnd(45)}${falseOf(watch)}, says ${watch.word}`;
      }),
    ],
  };
}

function watchOf(film: Film, clean: readonly Uint8Array[]): Watch {
  const watch = new Watch(film.picture);
  watch.show(clean, BEFORE_S);
  return watch;
}

function tryFault(film: Film, clean: readonly Uint8Array[], fault: Fault) {
  const watch = new Watch(film.picture);
  const at = watch.show(clean, BEFORE_S);
  const startS = watch.atS;
  watch.show(fault.frames(film, at / FPS), FAULT_S, fault.words[0] === "frozen" ? 0 : at);
  const turn = watch.turns.find(({ atS }) => atS >= startS);
  watch.show(clean, AFTER_S, at);
  const ended = watch.word === "ok";
  return { word: turn?.fault, seconds: turn && turn.atS - startS, ended };
}

function loopFor(film: Film, clean: readonly Uint8Array[]): string[] {
  const watch = new Watch(film.picture);
  watch.show(clean, HOURS_S);
  const lookMs = watch.frameMs * FPS;
  const share = lookMs / DEVICE_FPS / FRAME_MS;
  return [
    `${`two looped hours`.padEnd(45)}${falseOf(watch)}, says ${watch.word}`,
    `a look ${lookMs.toFixed(2)} ms, one a second: ${(100 * share).toFixed(2)} % of ${DEVICE_FPS} frames of ${FRAME_MS} ms`,
  ];
}

function falseOf({ turns }: Watch): string {
  const begun = turns.filter(({ holds }) => holds);
  return begun.length === 0
    ? "no fault"
    : `FALSE: ${begun.map(({ fault, atS }) => `${fault} at ${atS.toFixed(0)} s`).join(", ")}`;
}
