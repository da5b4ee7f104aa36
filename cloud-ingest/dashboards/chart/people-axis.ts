/** Letters are at most so wide, as a part of their height: figures of the fonts that pages use. */
const FIGURE_WIDTH = 0.65;
const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** An axis of people from 0: its levels, what stands beside them, and how wide that is at most. */
export interface PeopleAxis {
  readonly most: number;
  readonly levels: readonly { readonly people: number; readonly text: string }[];
  readonly width: number;
}

/** About `lines` levels above 0 such that `top` has room; `fontSize` is the largest that its texts have. */
export function peopleAxis(top: number, { lines, fontSize }: { lines: number; fontSize: number }): PeopleAxis {
  const step = niceStep(top / lines);
  const count = Math.max(1, Math.ceil(top / step));
  const levels = Array.from({ length: count + 1 }, (_, at) => ({ people: at * step, text: NUMBER.format(at * step) }));
  const longest = Math.max(...levels.map(({ text }) => text.length));
  return { most: count * step, levels, width: Math.ceil(longest * fontSize * FIGURE_WIDTH) };
}

/** 1, 2 or 5 times a power of ten, at least 1. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const [nice = 10] = [1, 2, 5, 10].filter((factor) => factor * power >= rough);
  return Math.max(1, nice * power);
}
