import type { CameraConfig } from "../../../firmware-config/config/device.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import type { Part, Picture, WantedParts } from "../../camera/port.ts";
import { digits, type Place, polygon, rim, stroke } from "./shapes.ts";

/** One track in one frame. */
export interface ShownBox {
  readonly id: number;
  /** left, top, right, bottom; pixels of the picture. */
  readonly box: readonly [number, number, number, number];
}

/** What is known of the moments between this frame and the next. */
export interface ShownFrame {
  /** From the video's first frame, seconds. */
  readonly atS: number;
  readonly boxes: readonly ShownBox[];
}

/** A person who crossed a line or was in a zone. */
export type ShownEvent =
  | { readonly kind: "crossing"; readonly targetId: string; readonly atS: number; readonly direction: "in" | "out" }
  | {
      readonly kind: "visit";
      readonly targetId: string;
      readonly fromS: number;
      readonly toS: number;
      readonly stop: boolean;
    };

export interface Scene {
  readonly picture: Picture;
  readonly camera: Pick<CameraConfig, "lines" | "zones" | "entries" | "masks">;
  /** Where the model looked, when not at the whole picture. */
  readonly parts?: WantedParts | undefined;
  readonly frames: Iterable<ShownFrame>;
  readonly events: readonly ShownEvent[];
  /** Seconds. */
  readonly lengthS: number;
}

/** Colours that people with any colour vision tell apart (Okabe and Ito, "Color Universal Design", 2008), as ASS writes them: BBGGRR. */
const COLOURS = ["009FE6", "E9B456", "739E00", "42E4F0", "005ED5", "A779CC", "FFFFFF", "B27200"];
const LINE = "42E4F0";
const ZONE = "E9B456";
/** Where people come into view, green, and where nobody is looked for, in the shade. */
const ENTRY = "739E00";
const MASK = "404040";
const FLASH = "FFFFFF";
/** Where the model looks. */
const VIEW = "FFFFFF";
/** A line that was crossed lights up. */
const FLASH_S = 0.6;
/** A person's path behind them. */
const TRAIL_S = 3;
/** A frame is shown until the next; the last one so long. */
const LAST_FRAME_S = 0.1;

/**
 * Boxes, paths, lines, zones, entries, masks and counts over a video as subtitles (Advanced SubStation Alpha v4+), line by line: ffmpeg's
 * libass draws them at the video's own size and rate, with the fonts of the machine.
 */
export function* overlayLines({ picture, camera, parts, frames, events, lengthS }: Scene): Iterable<string> {
  const px = Math.max(0.4, Math.max(picture.width, picture.height) / 1000);
  yield* header(picture);
  yield* viewParts(parts?.of(picture) ?? [], lengthS, px);
  yield* areaParts(camera.masks, { colour: MASK, alpha: "80", picture, lengthS, px });
  yield* areaParts(camera.entries, { colour: ENTRY, alpha: "D0", picture, lengthS, px });
  yield* lineParts(camera.lines, { picture, events, lengthS, px });
  yield* zoneParts(camera.zones, { picture, events, lengthS, px });
  yield* people(frames, px);
}

function* header({ width, height }: Picture): Iterable<string> {
  const size = Math.max(11, Math.round(Math.max(width, height) / 45));
  const style = `Style: Text,sans-serif,${size},&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,1,0,0,0,100,100,0,0,1,${size / 10},0,7,0,0,0,1`;
  yield* ["[Script Info]", "ScriptType: v4.00+", `PlayResX: ${width}`, `PlayResY: ${height}`, "WrapStyle: 2"];
  yield* ["ScaledBorderAndShadow: yes", "", "[V4+ Styles]"];
  yield "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding";
  yield* [style, "", "[Events]", "Format: Layer, Start, End, Style, Text"];
}

/** The region, or each of its tiles: a thin rim and its number. */
function* viewParts(parts: readonly Part[], lengthS: number, px: number): Iterable<string> {
  for (const [k, { left, top, width, height }] of parts.entries()) {
    const shown = { layer: 0, from: 0, to: lengthS, colour: VIEW, alpha: "40" };
    yield drawing(rim([left, top, left + width, top + height], 1.5 * px), shown);
    if (parts.length > 1) yield text(`${k + 1}`, { at: [left + width / 2, top + 4 * px], anchor: 8 }, 0, lengthS);
  }
}

interface Brush extends Omit<Fixed, "events"> {
  readonly colour: string;
  /** Of the filling. */
  readonly alpha: string;
}

/** Entries or masks, each with its id. */
function* areaParts(areas: CameraConfig["entries"], { colour, alpha, picture, lengthS, px }: Brush): Iterable<string> {
  for (const { id, polygon: corners } of areas) {
    const places = corners.map((corner) => placeOf(corner, picture));
    const shown = { layer: 0, from: 0, to: lengthS, colour };
    yield drawing(polygon(places), { ...shown, alpha });
    yield drawing(stroke([...places, ...places.slice(0, 1)], 2 * px), shown);
    yield text(id, inside(topOf(places), picture, px), 0, lengthS);
  }
}

interface Fixed {
  readonly picture: Picture;
  readonly events: readonly ShownEvent[];
  readonly lengthS: number;
  readonly px: number;
}

function* lineParts(lines: CameraConfig["lines"], { picture, events, lengthS, px }: Fixed): Iterable<string> {
  for (const { id, name, from, to } of lines) {
    const ends = [placeOf(from, picture), placeOf(to, picture)];
    const shape = stroke(ends, 4 * px);
    const crossings = events
      .flatMap((one) => (one.kind === "crossing" && one.targetId === id ? [one] : []))
      .toSorted(byTime);
    yield drawing(shape, { layer: 0, from: 0, to: lengthS, colour: LINE });
    for (const { atS } of crossings) yield drawing(shape, { layer: 1, from: atS, to: atS + FLASH_S, colour: FLASH });
    const changes = crossings.map(({ atS, direction }) => ({
      atS,
      in: direction === "in" ? 1 : 0,
      out: direction === "out" ? 1 : 0,
    }));
    yield* counted(changes, { in: 0, out: 0 }, lengthS, (sum, fromS, toS) =>
      text(`${name ?? id}: in ${sum.in}, out ${sum.out}`, besideLine(ends, picture, px), fromS, toS),
    );
  }
}

function* zoneParts(zones: CameraConfig["zones"], { picture, events, lengthS, px }: Fixed): Iterable<string> {
  for (const { id, name, polygon: corners } of zones) {
    const places = corners.map((corner) => placeOf(corner, picture));
    yield drawing(polygon(places), { layer: 0, from: 0, to: lengthS, colour: ZONE, alpha: "E0" });
    yield drawing(stroke([...places, ...places.slice(0, 1)], 2 * px), { layer: 0, from: 0, to: lengthS, colour: ZONE });
    const visits = events.flatMap((one) => (one.kind === "visit" && one.targetId === id ? [one] : []));
    const changes = visits
      .flatMap(({ fromS, toS, stop }) => [
        { atS: fromS, inside: 1, visits: 1, stops: 0 },
        { atS: toS, inside: -1, visits: 0, stops: stop ? 1 : 0 },
      ])
      .toSorted(byTime);
    yield* counted(changes, { inside: 0, visits: 0, stops: 0 }, lengthS, (sum, fromS, toS) =>
      text(
        `${name ?? id}: inside ${sum.inside}, visits ${sum.visits}, stops ${sum.stops}`,
        inside(topOf(places), picture, px),
        fromS,
        toS,
      ),
    );
  }
}

/** One text for each time between two changes; those at one moment are one. */
function* counted<T extends Record<string, number>>(
  changes: readonly (T & { readonly atS: number })[],
  zero: T,
  lengthS: number,
  write: (sum: T, fromS: number, toS: number) => string,
): Iterable<string> {
  let [sum, fromS] = [zero, 0];
  for (const change of changes) {
    if (change.atS > fromS) yield write(sum, fromS, change.atS);
    fromS = Math.max(fromS, change.atS);
    sum = Object.fromEntries(Object.entries(sum).map(([key, value]) => [key, value + (change[key] ?? 0)])) as T;
  }
  yield write(sum, fromS, Math.max(lengthS, fromS + LAST_FRAME_S));
}

/** Of each frame one drawing a colour: libass looks through all of them for each picture, so there should be few. */
function* people(frames: Iterable<ShownFrame>, px: number): Iterable<string> {
  const trails = new Map<number, { atS: number; place: Place }[]>();
  let held: ShownFrame | undefined;
  const show = (frame: ShownFrame, untilS: number) => drawPeople(frame, untilS, trails, px);
  for (const frame of frames) {
    if (held) yield* show(held, frame.atS);
    for (const { id, box } of frame.boxes) {
      const kept = (trails.get(id) ?? []).filter(({ atS }) => atS >= frame.atS - TRAIL_S);
      trails.set(id, [...kept, { atS: frame.atS, place: [(box[0] + box[2]) / 2, box[3]] }]);
    }
    for (const [id, trail] of trails) if ((trail.at(-1)?.atS ?? 0) < frame.atS - TRAIL_S) trails.delete(id);
    held = frame;
  }
  if (held) yield* show(held, held.atS + LAST_FRAME_S);
}

function* drawPeople(
  { atS, boxes }: ShownFrame,
  untilS: number,
  trails: ReadonlyMap<number, readonly { readonly place: Place }[]>,
  px: number,
): Iterable<string> {
  const shapes = new Map<string, string[]>();
  for (const { id, box } of boxes) {
    const colour = COLOURS[id % COLOURS.length] ?? FLASH;
    const height = Math.max(8, 16 * px);
    const trail = (trails.get(id) ?? []).map(({ place }) => place);
    const number = digits(id, [box[0] + 5 * px, box[1] + 5 * px], height);
    shapes.set(colour, [...(shapes.get(colour) ?? []), rim(box, 2.5 * px), stroke(trail, 2 * px), number]);
  }
  for (const [colour, parts] of shapes) yield drawing(parts.join(" "), { layer: 2, from: atS, to: untilS, colour });
}

interface Look {
  readonly layer: number;
  readonly from: number;
  readonly to: number;
  readonly colour: string;
  /** 00 = solid, FF = nothing. */
  readonly alpha?: string;
}

function drawing(shape: string, { layer, from, to, colour, alpha = "00" }: Look): string {
  const tags = `{\\an7\\pos(0,0)\\bord0.7\\shad0\\3c&H000000&\\3a&H${alpha}&\\1c&H${colour}&\\1a&H${alpha}&\\p4}`;
  return `Dialogue: ${layer},${timeOf(from)},${timeOf(to)},Text,${tags}${shape}{\\p0}`;
}

function text(words: string, { at: [x, y], anchor }: Anchored, from: number, to: number): string {
  // A brace begins a command, a backslash an escape; a name may hold either.
  const plain = safeLine(words).replaceAll("{", "(").replaceAll("}", ")").replaceAll("\\", "/");
  return `Dialogue: 3,${timeOf(from)},${timeOf(to)},Text,{\\an${anchor}\\pos(${Math.round(x)},${Math.round(y)})}${plain}`;
}

/** A place for words: `anchor` 7, 8, 9 = it is their top left corner, middle or right corner; 1, 2, 3 = their bottom. */
interface Anchored {
  readonly at: Place;
  readonly anchor: number;
}

/** Words stay in the picture: beyond the middle they stand to the left of their place. */
function inside([x, y]: Place, { width, height }: Picture, px: number): Anchored {
  const isRight = x > width * 0.6;
  const isLow = y > height * 0.9;
  const anchor = (isLow ? 1 : 7) + (isRight ? 2 : 0);
  return { at: [x + (isRight ? -6 : 6) * px, y + (isLow ? -6 : 6) * px], anchor };
}

function besideLine([from = [0, 0], to = [0, 0]]: readonly Place[], picture: Picture, px: number): Anchored {
  return inside([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2], picture, px);
}

function topOf(places: readonly Place[]): Place {
  const [top = [0, 0]] = places.toSorted((a, b) => a[1] - b[1]);
  return top;
}

function placeOf([x, y]: readonly [number, number], { width, height }: Picture): Place {
  return [x * width, y * height];
}

const byTime = (a: { readonly atS: number }, b: { readonly atS: number }) => a.atS - b.atS;

/** `H:MM:SS.cc`. */
function timeOf(seconds: number): string {
  const hundredths = Math.max(0, Math.round(seconds * 100));
  const pad = (value: number) => String(value).padStart(2, "0");
  const [s, m, h] = [
    Math.floor(hundredths / 100) % 60,
    Math.floor(hundredths / 6000) % 60,
    Math.floor(hundredths / 360_000),
  ];
  return `${h}:${pad(m)}:${pad(s)}.${pad(hundredths % 100)}`;
}
