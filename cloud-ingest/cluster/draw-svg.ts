import { escaped, FONTS } from "../quality/plot/svg-text.ts";
import type { ClusterReport, ClusterRow } from "./report.ts";

const CELL = { width: 17, height: 18 };
const LEFT = 52;
const WIDTH = LEFT + 24 * CELL.width + 330;
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const BAR_HEIGHT = 120;
/** Names beside a picture; the rest is a number. */
const MOST_NAMES = 12;
const MOST_LETTERS = 42;
/** White to deep blue, and as light as dark: read by all eyes and in grey. */
const DARKEST = [8, 48, 107] as const;

/**
 * A picture for each cluster: its week as a heat map (of days: its day as bars), how much of the people come in each hour, beside its
 * name and its members. One scale for all; an SVG that needs nothing else.
 */
export function drawClusters(report: ClusterReport): string {
  const top = Math.max(0, ...report.clusters.flatMap(({ shares }) => shares));
  const heights = report.clusters.map(({ shares }) => (shares.length > 24 ? 7 * CELL.height : BAR_HEIGHT) + 70);
  const height = heights.reduce((sum, one) => sum + one, 44);
  let y = 44;
  const pictures = report.clusters.map((cluster, index) => {
    const picture = `<g transform="translate(0 ${y})">${head(cluster)}${cluster.shares.length > 24 ? week(cluster, top) : day(cluster, top)}${members(cluster, report)}</g>`;
    y += heights[index] ?? 0;
    return picture;
  });
  const what =
    report.splitHalf === undefined
      ? "no stable clusters: one for all"
      : `silhouette ${report.silhouette}, two halves agree ${report.splitHalf}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="${FONTS}" font-size="11">
<title>${report.k} clusters, ${escaped(what)}</title>
<rect width="100%" height="100%" fill="white"/>
<text x="${LEFT}" y="24" font-size="13">${escaped(`${report.clusters.reduce((sum, one) => sum + one.size, 0)} ${report.of}, ${report.k} ${report.k === 1 ? "cluster" : "clusters"}; ${what}`)}</text>
${pictures.join("\n")}
</svg>
`;
}

function head({ id, name, size }: ClusterRow): string {
  return `<text x="${LEFT}" y="14" font-size="14" font-weight="bold">${escaped(`${id}  ${name.en} / ${name.ja}`)}</text><text x="${LEFT + 24 * CELL.width}" y="14" text-anchor="end" fill="#555">${size}</text>`;
}

function week({ shares }: ClusterRow, top: number): string {
  const cells = shares.map((share, slot) => {
    const [weekday, hour] = [Math.floor(slot / 24), slot % 24];
    const title = `${WEEKDAYS[weekday]} ${hour}:00, ${(100 * share).toFixed(2)} %`;
    return `<rect x="${LEFT + hour * CELL.width}" y="${24 + weekday * CELL.height}" width="${CELL.width - 1}" height="${CELL.height - 1}" fill="${shade(share / (top || 1))}"><title>${title}</title></rect>`;
  });
  const names = WEEKDAYS.map(
    (name, weekday) =>
      `<text x="${LEFT - 6}" y="${37 + weekday * CELL.height}" text-anchor="end" fill="#555">${name}</text>`,
  );
  return cells.join("") + names.join("") + hours(38 + 7 * CELL.height);
}

function day({ shares }: ClusterRow, top: number): string {
  const bars = shares.map((share, hour) => {
    const height = (BAR_HEIGHT - 6) * (share / (top || 1));
    return `<rect x="${LEFT + hour * CELL.width}" y="${(24 + BAR_HEIGHT - height).toFixed(1)}" width="${CELL.width - 2}" height="${height.toFixed(1)}" fill="${shade(0.7)}"><title>${hour}:00, ${(100 * share).toFixed(1)} %</title></rect>`;
  });
  return bars.join("") + hours(38 + BAR_HEIGHT);
}

function hours(y: number): string {
  return [0, 6, 12, 18, 23]
    .map(
      (hour) =>
        `<text x="${LEFT + (hour + 0.5) * CELL.width}" y="${y}" text-anchor="middle" fill="#555">${hour}</text>`,
    )
    .join("");
}

function members({ members: names }: ClusterRow, { odd }: ClusterReport): string {
  const x = LEFT + 24 * CELL.width + 16;
  const shown = names.slice(0, names.length > MOST_NAMES ? MOST_NAMES - 1 : MOST_NAMES);
  const lines = shown.map((name) => `${shortened(name)}${odd.includes(name) ? "  (odd)" : ""}`);
  if (names.length > shown.length) lines.push(`and ${names.length - shown.length} more`);
  return lines.map((line, at) => `<text x="${x}" y="${34 + at * 12}">${escaped(line)}</text>`).join("");
}

const shortened = (name: string) => {
  const letters = [...name];
  return letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join("")}…` : name;
};

/** The square root shows quiet hours too. */
function shade(share: number): string {
  const dark = Math.sqrt(Math.max(0, Math.min(1, share)));
  return `rgb(${DARKEST.map((value) => Math.round(255 - (255 - value) * dark)).join(" ")})`;
}
