import type { SeenClip } from "./see-clip.ts";

/** A clip as it is, backwards, and every second picture twice: what is right for one of them by luck is not for all. */
export function variantsOf(clip: SeenClip): readonly SeenClip[] {
  return [clip, backwards(clip), everySecond(clip, 0), everySecond(clip, 1)];
}

/** Whoever went in comes out. */
function backwards(clip: SeenClip): SeenClip {
  const lastS = clip.pictures.at(-1)?.atS ?? 0;
  return {
    ...clip,
    lines: clip.lines.map(({ line, in: ins, out }) => ({ line, in: out, out: ins })),
    pictures: clip.pictures.map((picture) => ({ ...picture, atS: lastS - picture.atS })).toReversed(),
  };
}

function everySecond(clip: SeenClip, from: 0 | 1): SeenClip {
  return { ...clip, pictures: clip.pictures.filter((_, i) => i % 2 === from) };
}
