import type { Life } from "./lives.ts";
import type { Suggestion, Suggestions } from "./suggest-areas.ts";

interface Drawn {
  readonly suggestions: Suggestions;
  readonly lives: readonly Life[];
  readonly picture: { readonly width: number; readonly height: number };
}

/** Colours that people with any colour vision tell apart (Okabe and Ito 2008). */
const ENTRY = "#009e73";
const MASK = "#d55e00";
const MAX_WALKS = 500;
/** Names this near to the border, in the width of the picture, are written away from it. */
const BORDER = 0.1;

/** The areas over the ways of those who walked, as SVG; no picture of the camera, nobody is in it. */
export function drawAreas({ suggestions, lives, picture: { width, height } }: Drawn): string {
  const px = Math.max(width, height) / 1000;
  const walks = lives.slice(0, MAX_WALKS).map(({ bornX, bornY, endX, endY }) => {
    const way = `<path d="M${round(bornX)} ${round(bornY)}L${round(endX)} ${round(endY)}" stroke="#999" stroke-width="${px}" opacity="0.4"/>`;
    return `${way}<circle cx="${round(bornX)}" cy="${round(bornY)}" r="${3 * px}" fill="#0072b2"/>`;
  });
  const areas = [
    ...suggestions.entries.map((area) => areaPart(area, { colour: ENTRY, width, height, px })),
    ...suggestions.masks.map((area) => areaPart(area, { colour: MASK, width, height, px })),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="${width}" height="${height}" fill="#fff" stroke="#333" stroke-width="${2 * px}"/>`,
    ...walks,
    ...areas,
    "</svg>\n",
  ].join("\n");
}

interface Brush {
  readonly colour: string;
  readonly width: number;
  readonly height: number;
  readonly px: number;
}

function areaPart({ id, polygon, weight }: Suggestion, { colour, width, height, px }: Brush): string {
  const corners = polygon.map(([x, y]) => `${round(x * width)},${round(y * height)}`).join(" ");
  const middle = (axis: 0 | 1) => polygon.reduce((sum, corner) => sum + corner[axis], 0) / polygon.length;
  const anchor = middle(0) < BORDER ? "start" : middle(0) > 1 - BORDER ? "end" : "middle";
  const text = `<text x="${round(middle(0) * width)}" y="${round(middle(1) * height)}" font-family="sans-serif" font-size="${22 * px}" text-anchor="${anchor}" fill="#000">${id} (${weight})</text>`;
  return `<polygon points="${corners}" fill="${colour}" fill-opacity="0.25" stroke="${colour}" stroke-width="${2 * px}"/>${text}`;
}

const round = (value: number) => Math.round(10 * value) / 10;
