import { type Html, html } from "../html.ts";
import { type PeopleAxis, peopleAxis } from "./people-axis.ts";

const WIDTH = 240;
const HEIGHT = 96;
const MARGIN = { right: 4, top: 8, bottom: 20 };
/** Between an axis and what stands beside it. */
const SPACE = 5;
const FONT_SIZE = 10;
const HOURS = 24;
const LABELS = [0, 6, 12, 18, 24];
const GAP = 0.15;
const LINES = 2;

/** One axis for the charts of all kinds: they are read beside each other. */
export const axisOf = (profiles: readonly (readonly number[])[]): PeopleAxis =>
  peopleAxis(Math.max(4, ...profiles.flat()), { lines: LINES, fontSize: FONT_SIZE });

/** How a kind is drawn: `look` names its colour in the style sheet, `id` the element that names it. */
export interface KindLook {
  readonly axis: PeopleAxis;
  readonly look: string;
  readonly id: string;
}

/** People by hour of one kind of day as bars; `look` names its colour in the style sheet. */
export function dayKindChart(profile: readonly number[], { axis, look, id }: KindLook): Html {
  const left = axis.width + SPACE;
  const inner = { width: WIDTH - left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const x = (hour: number) => round(left + (hour / HOURS) * inner.width);
  const y = (people: number) => round(MARGIN.top + inner.height * (1 - people / axis.most));
  const bars = profile.map(
    (people, hour) =>
      html`<rect class="${look}" x="${x(hour + GAP / 2)}" y="${y(people)}" width="${round((inner.width / HOURS) * (1 - GAP))}" height="${round(y(0) - y(people))}"/>`,
  );
  const levels = axis.levels.map(
    ({ people, text }) =>
      html`<line class="grid" x1="${left}" x2="${WIDTH - MARGIN.right}" y1="${y(people)}" y2="${y(people)}"/><text x="${left - SPACE}" y="${y(people) + 4}" text-anchor="end">${text}</text>`,
  );
  const clocks = LABELS.map(
    (hour) =>
      html`<text x="${x(hour)}" y="${HEIGHT - 4}" text-anchor="${hour === HOURS ? "end" : "middle"}">${String(hour)}</text>`,
  );
  return html`<svg class="profile" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}">${levels}${bars}${clocks}</svg>`;
}

const round = (value: number) => Math.round(value * 10) / 10;
