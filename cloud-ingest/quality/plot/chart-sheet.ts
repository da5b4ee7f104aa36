import { FONTS } from "./svg-text.ts";

const WIDTH = 1000;
const HEIGHT = 180;
const MARGIN = { left: 60, right: 10, top: 26, bottom: 22 };
const LEGEND_HEIGHT = 30;
const INNER_HEIGHT = HEIGHT - MARGIN.top - MARGIN.bottom;
const TICKS = 6;
/** More are a wall of pictures that nobody reads. */
export const MOST_SERIES = 24;

/** Where points and values of one picture lie, pixels. */
export interface Scale {
  readonly points: number;
  readonly top: number;
  readonly x: (point: number) => number;
  readonly y: (value: number) => number;
}

export function scaleOf(points: number, top: number): Scale {
  const width = WIDTH - MARGIN.left - MARGIN.right;
  return {
    ...{ points, top },
    x: (point) => MARGIN.left + (point / Math.max(1, points)) * width,
    y: (value) => MARGIN.top + INNER_HEIGHT * (1 - Math.max(0, Math.min(value / top, 1))),
  };
}

interface Sheet {
  /** Already escaped. */
  readonly title: string;
  readonly defs?: string;
  readonly legend: string;
  readonly pictures: readonly string[];
}

/** Pictures one below the other; an SVG that needs nothing else. */
export function sheet({ title, defs = "", legend, pictures }: Sheet): string {
  const height = Math.max(1, pictures.length) * HEIGHT + LEGEND_HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="${FONTS}" font-size="11">
<title>${title}</title>
${defs}<rect width="100%" height="100%" fill="white"/>
${legend}
${pictures.join("\n")}
</svg>
`;
}

/** One picture of a sheet; `name` is escaped already. */
export const picture = (index: number, name: string, content: string) =>
  `<g transform="translate(0 ${LEGEND_HEIGHT + index * HEIGHT})"><text x="${MARGIN.left}" y="16" font-weight="bold">${name}</text>
${content}</g>`;

/** A box over the whole height, from point to point. */
export const stretch = ({ x }: Scale, [from, to]: readonly [number, number]) =>
  `x="${x(from).toFixed(1)}" y="${MARGIN.top}" width="${Math.max(1.5, x(to) - x(from)).toFixed(1)}" height="${INNER_HEIGHT}"`;

/** A line through values, broken where one is missing; the first lies at point `from`. */
export function path(values: Float64Array, { x, y }: Scale, from = 0): string {
  let isDown = false;
  const steps: string[] = [];
  values.forEach((value, point) => {
    if (Number.isFinite(value))
      steps.push(`${isDown ? "L" : "M"}${x(from + point + 0.5).toFixed(1)} ${y(value).toFixed(1)}`);
    isDown = Number.isFinite(value);
  });
  return steps.join("");
}

/** Levels and times; `textAt` names the time of a point. */
export function axes({ points, top, x, y }: Scale, textAt: (point: number) => string): string {
  const ticks = Array.from({ length: TICKS }, (_, i) => Math.floor((i * points) / TICKS)).map(
    (point) => `<text x="${x(point).toFixed(1)}" y="${HEIGHT - 8}" fill="#555">${textAt(point)}</text>`,
  );
  const levels = [0, top / 2, top].map(
    (value) =>
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#ddd"/><text x="${MARGIN.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end" fill="#555">${Math.round(value)}</text>`,
  );
  return [...levels, ...ticks].join("");
}

export const highest = (values: Float64Array) =>
  values.reduce((most, value) => (value > most && Number.isFinite(value) ? value : most), 0);
