import type { CleanPanel, CleanSeries } from "../clean-panel.ts";
import type { Flag } from "../flag.ts";
import { type Panel, SLOTS, slotText } from "../panel.ts";
import { axes, highest, MOST_SERIES, path, picture, type Scale, scaleOf, sheet, stretch } from "./chart-sheet.ts";
import { escaped } from "./svg-text.ts";

/** Longer hourly series are drawn by date: a pixel shows no hour. */
const MOST_HOURLY_DAYS = 35;
/** Okabe and Ito (2008): told apart by all eyes. Device faults are hatched too. */
const COLOURS = { raw: "#888888", clean: "#0072b2", device: "#d55e00", explained: "#f0e442" } as const;
const HATCH = `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="${COLOURS.device}" opacity="0.25"/><line y2="6" stroke="${COLOURS.device}" stroke-width="2"/></pattern></defs>
`;

/** Raw and clean values and the flags of the first two dozen series, one below the other; an SVG that needs nothing else. */
export function drawSvg(panel: Panel, clean: CleanPanel): string {
  const names = panel.names.slice(0, MOST_SERIES);
  return sheet({
    title: `Raw and clean counts with flags, ${escaped(panel.from)}, ${panel.days} days`,
    defs: HATCH,
    legend: legend(),
    pictures: names.map((_, index) => seriesPicture(panel, clean, index)),
  });
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

function seriesPicture(panel: Panel, clean: CleanPanel, index: number): string {
  const series = clean.series[index];
  if (!series) return "";
  const size = panel.days > MOST_HOURLY_DAYS ? SLOTS[panel.step] : 1;
  const [raw, shown] = [sums(panel.values[index]!, size), sums(series.value, size)];
  const top = Math.max(1, highest(shown) * 1.4, Math.min(highest(raw), highest(shown) * 3));
  const scale = scaleOf(raw.length, top);
  const bands = bandsOf(series, size).map((band) => bandBox(band, scale));
  return picture(
    index,
    escaped(panel.names[index] ?? ""),
    `${bands.join("")}${axes(scale, (point) => slotText(panel, point * size).slice(0, 10))}
<path d="${path(raw, scale)}" fill="none" stroke="${COLOURS.raw}"/><path d="${path(shown, scale)}" fill="none" stroke="${COLOURS.clean}"/>`,
  );
}

/** Sums of so many slots; NaN where one is missing. */
function sums(values: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / size) }, (_, point) =>
    values.subarray(point * size, (point + 1) * size).reduce((sum, value) => sum + value, 0),
  );
}

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

function bandBox({ flag, from, to }: Band, scale: Scale): string {
  const fill = flag.kind === "device" ? "url(#hatch)" : COLOURS.explained;
  const title = escaped(`${flag.rule}, ${flag.kind}, confidence ${flag.confidence.toFixed(2)}`);
  return `<rect ${stretch(scale, [from, to])} fill="${fill}" opacity="0.7"><title>${title}</title></rect>`;
}
