import type { CleanPanel, CleanSeries } from "../clean-panel.ts";
import type { Flag } from "../flag.ts";
import { type Panel, SLOTS, slotText } from "../panel.ts";
import { escaped, FONTS } from "./svg-text.ts";

const WIDTH = 1000;
const HEIGHT = 180;
const MARGIN = { left: 60, right: 10, top: 26, bottom: 22 };
/** Longer hourly series are drawn by date: a pixel shows no hour. */
const MOST_HOURLY_DAYS = 35;
/** More are a wall of pictures that nobody reads. */
const MOST_SERIES = 24;
const TICKS = 6;
/** Okabe and Ito (2008): told apart by all eyes. Device faults are hatched too. */
const COLOURS = { raw: "#888888", clean: "#0072b2", device: "#d55e00", explained: "#f0e442" } as const;

/** Raw and clean values and the flags of the first two dozen series, one below the other; an SVG that needs nothing else. */
export function drawSvg(panel: Panel, clean: CleanPanel): string {
  const names = panel.names.slice(0, MOST_SERIES);
  const height = Math.max(1, names.length) * HEIGHT + 30;
  const pictures = names.map((_, index) => picture(panel, clean, index)).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="${FONTS}" font-size="11">
<title>Raw and clean counts with flags, ${escaped(panel.from)}, ${panel.days} days</title>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="${COLOURS.device}" opacity="0.25"/><line y2="6" stroke="${COLOURS.device}" stroke-width="2"/></pattern></defs>
<rect width="100%" height="100%" fill="white"/>
${legend()}
${pictures}
</svg>
`;
}

function legend(): string {
  const items = [
    ["raw", `stroke="${COLOURS.raw}"`],
    ["clean", `stroke="${COLOURS.clean}"`],
  ].map(
    ([name, stroke], i) =>
      `<line x1="${60 + i * 80}" x2="${80 + i * 80}" y1="14" y2="14" ${stroke} stroke-width="2"/><text x="${84 + i * 80}" y="18">${name}</text>`,
  );
  const boxes = [
    ["device fault", "url(#hatch)"],
    ["explained", COLOURS.explained],
  ].map(
    ([name, fill], i) =>
      `<rect x="${220 + i * 110}" y="8" width="20" height="12" fill="${fill}"/><text x="${244 + i * 110}" y="18">${name}</text>`,
  );
  return [...items, ...boxes].join("");
}

interface Scale {
  readonly x: (point: number) => number;
  readonly y: (value: number) => number;
}

function picture(panel: Panel, clean: CleanPanel, index: number): string {
  const series = clean.series[index];
  if (!series) return "";
  const perDay = SLOTS[panel.step];
  const size = panel.days > MOST_HOURLY_DAYS ? perDay : 1;
  const [raw, shown] = [sums(panel.values[index]!, size), sums(series.value, size)];
  const top = Math.max(1, highest(shown) * 1.4, Math.min(highest(raw), highest(shown) * 3));
  const inner = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const scale: Scale = {
    x: (point) => MARGIN.left + (point / Math.max(1, raw.length)) * inner.width,
    y: (value) => MARGIN.top + inner.height * (1 - Math.max(0, Math.min(value / top, 1))),
  };
  const bands = bandsOf(series, size).map((band) => bandBox(band, scale, inner.height));
  return `<g transform="translate(0 ${30 + index * HEIGHT})"><text x="${MARGIN.left}" y="16" font-weight="bold">${escaped(panel.names[index] ?? "")}</text>
${bands.join("")}${axes(panel, scale, { top, points: raw.length, size })}
<path d="${path(raw, scale)}" fill="none" stroke="${COLOURS.raw}"/><path d="${path(shown, scale)}" fill="none" stroke="${COLOURS.clean}"/></g>`;
}

/** Sums of so many slots; NaN where one is missing. */
function sums(values: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / size) }, (_, point) =>
    values.subarray(point * size, (point + 1) * size).reduce((sum, value) => sum + value, 0),
  );
}

const highest = (values: Float64Array) =>
  values.reduce((most, value) => (value > most && Number.isFinite(value) ? value : most), 0);

interface Band {
  readonly flag: Flag;
  readonly from: number;
  readonly to: number;
}

/** The decided flags as stretches of points. */
function bandsOf({ flags }: CleanSeries, size: number): Band[] {
  const bands: Band[] = [];
  const seen = new Set<Flag>();
  for (const flag of flags) {
    if (!flag || seen.has(flag)) continue;
    seen.add(flag);
    bands.push({ flag, from: Math.floor(flag.from / size), to: Math.ceil(flag.to / size) });
  }
  return bands;
}

function bandBox({ flag, from, to }: Band, { x }: Scale, height: number): string {
  const fill = flag.kind === "device" ? "url(#hatch)" : COLOURS.explained;
  const title = escaped(`${flag.rule}, ${flag.kind}, confidence ${flag.confidence.toFixed(2)}`);
  const width = Math.max(1.5, x(to) - x(from)).toFixed(1);
  return `<rect x="${x(from).toFixed(1)}" y="${MARGIN.top}" width="${width}" height="${height}" fill="${fill}" opacity="0.7"><title>${title}</title></rect>`;
}

function path(values: Float64Array, { x, y }: Scale): string {
  let isDown = false;
  const steps: string[] = [];
  values.forEach((value, point) => {
    if (Number.isFinite(value)) steps.push(`${isDown ? "L" : "M"}${x(point + 0.5).toFixed(1)} ${y(value).toFixed(1)}`);
    isDown = Number.isFinite(value);
  });
  return steps.join("");
}

function axes(panel: Panel, { x, y }: Scale, by: { top: number; points: number; size: number }): string {
  const ticks = Array.from({ length: TICKS }, (_, i) => Math.floor((i * by.points) / TICKS)).map((point) => {
    const text = slotText(panel, point * by.size).slice(0, 10);
    return `<text x="${x(point).toFixed(1)}" y="${HEIGHT - 8}" fill="#555">${text}</text>`;
  });
  const levels = [0, by.top / 2, by.top].map(
    (value) =>
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#ddd"/><text x="${MARGIN.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end" fill="#555">${Math.round(value)}</text>`,
  );
  return [...levels, ...ticks].join("");
}
