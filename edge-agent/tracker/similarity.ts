import { HEIGHT, STATE, WIDTH, X, Y } from "./motion-filter.ts";

/** False for a box that is empty, turned over or not finite: one such number would spread through the filter. */
export function hasArea(boxes: Float32Array, at: number): boolean {
  const area = (boxes[at + 2]! - boxes[at]!) * (boxes[at + 3]! - boxes[at + 1]!);
  return boxes[at + 2]! > boxes[at]! && boxes[at + 3]! > boxes[at + 1]! && Number.isFinite(area);
}

/**
 * Overlap of a track's box and a detection, both grown by `buffer` of their own size on every side; 0..1.
 * Growing keeps people comparable who moved by more than their width between two frames (C-BIoU, Yang et al. 2023).
 */
export function bufferedIou(
  states: Float64Array,
  slot: number,
  boxes: Float32Array,
  at: number,
  buffer: number,
): number {
  const s = slot * STATE;
  const halfWidth = states[s + WIDTH]! * (0.5 + buffer);
  const halfHeight = states[s + HEIGHT]! * (0.5 + buffer);
  const growX = buffer * (boxes[at + 2]! - boxes[at]!);
  const growY = buffer * (boxes[at + 3]! - boxes[at + 1]!);
  const left = boxes[at]! - growX;
  const top = boxes[at + 1]! - growY;
  const right = boxes[at + 2]! + growX;
  const bottom = boxes[at + 3]! + growY;
  const sharedX = Math.min(states[s + X]! + halfWidth, right) - Math.max(states[s + X]! - halfWidth, left);
  const sharedY = Math.min(states[s + Y]! + halfHeight, bottom) - Math.max(states[s + Y]! - halfHeight, top);
  if (sharedX <= 0 || sharedY <= 0) return 0;
  const shared = sharedX * sharedY;
  return shared / (4 * halfWidth * halfHeight + (right - left) * (bottom - top) - shared);
}

/** Distance of the foot points in units of the mean height, so that it means the same near and far from the camera. */
export function footDistance(states: Float64Array, slot: number, boxes: Float32Array, at: number): number {
  const s = slot * STATE;
  const height = (states[s + HEIGHT]! + boxes[at + 3]! - boxes[at + 1]!) / 2;
  const dx = (boxes[at]! + boxes[at + 2]!) / 2 - states[s + X]!;
  const dy = boxes[at + 3]! - states[s + Y]! - states[s + HEIGHT]! / 2;
  return Math.sqrt(dx * dx + dy * dy) / height;
}

/** Area that a track's box and a detection share, in that of the smaller one; 0..1. */
export function sharedOfSmaller(states: Float64Array, slot: number, boxes: Float32Array, at: number): number {
  const s = slot * STATE;
  const width = boxes[at + 2]! - boxes[at]!;
  const height = boxes[at + 3]! - boxes[at + 1]!;
  const sharedX = sharedLength(states[s + X]!, states[s + WIDTH]!, boxes[at]! + width / 2, width);
  const sharedY = sharedLength(states[s + Y]!, states[s + HEIGHT]!, boxes[at + 1]! + height / 2, height);
  return (sharedX * sharedY) / Math.min(states[s + WIDTH]! * states[s + HEIGHT]!, width * height);
}

/** Share of a track's box that lies behind the box of another track; 0..1. */
export function coveredShare(states: Float64Array, slot: number, other: number): number {
  const s = slot * STATE;
  const o = other * STATE;
  if (states[o + Y]! + states[o + HEIGHT]! / 2 <= states[s + Y]! + states[s + HEIGHT]! / 2) return 0;
  const sharedX = sharedLength(states[s + X]!, states[s + WIDTH]!, states[o + X]!, states[o + WIDTH]!);
  const sharedY = sharedLength(states[s + Y]!, states[s + HEIGHT]!, states[o + Y]!, states[o + HEIGHT]!);
  return (sharedX * sharedY) / (states[s + WIDTH]! * states[s + HEIGHT]!);
}

function sharedLength(a: number, lengthA: number, b: number, lengthB: number): number {
  const end = Math.min(a + lengthA / 2, b + lengthB / 2);
  return Math.max(0, end - Math.max(a - lengthA / 2, b - lengthB / 2));
}
