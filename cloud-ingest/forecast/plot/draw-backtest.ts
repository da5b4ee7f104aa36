import { SLOTS, slotText } from "../../quality/panel.ts";
import {
  axes,
  highest,
  MOST_SERIES,
  path,
  picture,
  type Scale,
  scaleOf,
  sheet,
} from "../../quality/plot/chart-sheet.ts";
import { escaped } from "../../quality/plot/svg-text.ts";
import type { BacktestRound } from "../backtest.ts";
import type { History, SeriesForecast } from "../port.ts";

/** Okabe and Ito (2008): told apart by all eyes. */
const COLOURS = { truth: "#555555", forecast: "#0072b2", band: "#56b4e9", origin: "#d55e00" } as const;
/** Origins in one picture, by step of the series, and days before the first: a pixel shows no more. */
const SHOWN = { day: { rounds: 3, daysBefore: 28 }, hour: { rounds: 1, daysBefore: 7 } } as const;

/** The last rounds of a backtest, as many as a picture shows. */
export class LastRounds {
  readonly #most: number;
  #rounds: readonly BacktestRound[] = [];

  constructor({ step }: Pick<History, "step">) {
    this.#most = SHOWN[step].rounds;
  }

  add(round: BacktestRound): void {
    this.#rounds = [...this.#rounds, round].slice(-this.#most);
  }

  get rounds(): readonly BacktestRound[] {
    return this.#rounds;
  }
}

/** Truth, forecast and 80 % interval of the last origins, the first two dozen series one below the other; an SVG that needs nothing else. */
export function drawBacktest(history: History, rounds: readonly BacktestRound[]): string {
  const perDay = SLOTS[history.step];
  const first = Math.min(...rounds.map(({ origin }) => origin)) - SHOWN[history.step].daysBefore;
  const from = Math.max(0, first) * perDay;
  const to = Math.max(...rounds.map(({ origin, forecast }) => origin * perDay + lengthOf(forecast.series)));
  return sheet({
    title: `Forecasts and what came, from ${escaped(slotText(history, from).slice(0, 10))}`,
    legend: LEGEND,
    pictures: history.names
      .slice(0, MOST_SERIES)
      .map((name, index) => picture(index, escaped(name), seriesPicture({ history, rounds, index, from, to }))),
  });
}

const lengthOf = (series: readonly SeriesForecast[]) => series[0]?.yhat.length ?? 0;

const LEGEND = [
  `<line x1="60" x2="80" y1="14" y2="14" stroke="${COLOURS.truth}" stroke-width="2"/><text x="84" y="18">came</text>`,
  `<line x1="150" x2="170" y1="14" y2="14" stroke="${COLOURS.forecast}" stroke-width="2"/><text x="174" y="18">forecast</text>`,
  `<rect x="250" y="8" width="20" height="12" fill="${COLOURS.band}" opacity="0.4"/><text x="274" y="18">80 % interval</text>`,
  `<line x1="380" x2="380" y1="6" y2="22" stroke="${COLOURS.origin}" stroke-dasharray="3 2"/><text x="386" y="18">forecast made</text>`,
].join("");

interface Drawn {
  readonly history: History;
  readonly rounds: readonly BacktestRound[];
  readonly index: number;
  /** Slots that are shown. */
  readonly from: number;
  readonly to: number;
}

function seriesPicture({ history, rounds, index, from, to }: Drawn): string {
  const perDay = SLOTS[history.step];
  const values = history.values[index] ?? new Float64Array();
  const truth = values.subarray(from, to);
  const told = rounds.flatMap(({ origin, forecast }) => {
    const one = forecast.series[index];
    const isKnown = values.subarray(0, origin * perDay).some((value) => value >= 0);
    return one && isKnown ? [{ at: origin * perDay - from, one }] : [];
  });
  // A band without end would make a line on the ground of all else.
  const top = Math.max(1, 1.2 * Math.max(highest(truth), ...told.map(({ one }) => highest(one.yhat))));
  const scale = scaleOf(to - from, top);
  const bands = told.map(({ at, one }) => `<path d="${band(one, at, scale)}" fill="${COLOURS.band}" opacity="0.4"/>`);
  const lines = told.map(
    ({ at, one }) =>
      `<path d="${path(one.yhat, scale, at)}" fill="none" stroke="${COLOURS.forecast}" stroke-width="1.5"/>${originLine(at, scale)}`,
  );
  return `${bands.join("")}${axes(scale, (point) => slotText(history, from + point).slice(0, 10))}
<path d="${path(truth, scale)}" fill="none" stroke="${COLOURS.truth}"/>${lines.join("")}`;
}

/** There along the upper bound, back along the lower one. */
function band({ lo80, hi80 }: SeriesForecast, at: number, { x, y }: Scale): string {
  const corner = (bound: Float64Array) => (i: number) => `${x(at + i + 0.5).toFixed(1)} ${y(bound[i] ?? 0).toFixed(1)}`;
  const slots = Array.from(hi80, (_, i) => i);
  return `M${[...slots.map(corner(hi80)), ...slots.toReversed().map(corner(lo80))].join("L")}Z`;
}

const originLine = (at: number, { x, y, top }: Scale) =>
  `<line x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${y(top).toFixed(1)}" y2="${y(0).toFixed(1)}" stroke="${COLOURS.origin}" stroke-dasharray="3 2"/>`;
