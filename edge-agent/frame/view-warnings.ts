import type { CameraConfig } from "../../firmware-config/config/device.ts";
import { letterboxOf } from "../camera/letterbox.ts";
import type { Part, Picture } from "../camera/port.ts";
import { partsOf } from "./parts.ts";
import type { Viewed } from "./region.ts";

/** Pixels of the model's frame below which it misses more and more people; measured in `../detector/README.md`, "A region, and tiles". */
export const LEAST_PERSON_PX = 32;
/** A person is about so wide, in heights. */
const BODY_WIDTH = 0.4;

type Seen = Viewed & Pick<CameraConfig, "tiles">;

interface View {
  readonly picture: Picture;
  /** Of the model's frame. */
  readonly shape: { readonly width: number; readonly height: number };
}

/** What speaks against a camera's region and tiles, sentences without an end; `picture` may be assumed, its proportions alone count. */
export function viewWarnings(camera: Seen, view: View): readonly string[] {
  const parts = partsOf(camera, view.picture, view.shape);
  return [
    ...missedTargets(camera, parts, view.picture),
    ...smallPeople(camera, view),
    ...cutPeople(camera, parts, view),
  ];
}

/** How many pixels of the model's frame one pixel of the picture is, where it is shown smallest. */
export function scaleOf(camera: Seen, { picture, shape }: View): number {
  const alignment = { ...shape, pixelFormat: "rgb24", padValue: 0, padAlign: "top-left" } as const;
  return Math.min(...partsOf(camera, picture, shape).map((part) => letterboxOf(part, alignment).scaleY));
}

function missedTargets({ lines, zones }: Seen, parts: readonly Part[], picture: Picture): string[] {
  const isSeen = ([x, y]: readonly [number, number]) =>
    parts.some(({ left, top, width, height }) => {
      const [px, py] = [x * picture.width - left, y * picture.height - top];
      // A part ends at an even pixel.
      return px >= -2 && py >= -2 && px <= width + 2 && py <= height + 2;
    });
  const missed = (kind: string, id: string) => `${kind} ${id} lies outside the region, in whole or in part`;
  return [
    ...lines.flatMap(({ id, from, to }) => (isSeen(from) && isSeen(to) ? [] : [missed("line", id)])),
    ...zones.flatMap(({ id, polygon }) => (polygon.every(isSeen) ? [] : [missed("zone", id)])),
  ];
}

function smallPeople(camera: Seen, view: View): string[] {
  if (camera.personHeight === undefined) return [];
  const px = Math.round(camera.personHeight * view.picture.height * scaleOf(camera, view));
  return px >= LEAST_PERSON_PX ? [] : [tooSmall(px)];
}

/** `px`: how high people are in the model's frame. */
export function tooSmall(px: number): string {
  return `people are about ${px} pixels high for the model, and below ${LEAST_PERSON_PX} it misses more and more: set region (auto, or a rectangle), tiles, or a model with a larger input`;
}

function cutPeople({ tiles, personHeight }: Seen, parts: readonly Part[], { picture }: View): string[] {
  const [first] = parts;
  if (personHeight === undefined || first === undefined) return [];
  const person = personHeight * picture.height;
  const isCut =
    (tiles.columns > 1 && tiles.overlap * first.width < BODY_WIDTH * person) ||
    (tiles.rows > 1 && tiles.overlap * first.height < person);
  return isCut
    ? ["the tiles share less than a person, so that each sees people in pieces: set a larger overlap, or fewer tiles"]
    : [];
}
