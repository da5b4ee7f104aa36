import type { DayNote, Panel } from "../quality/panel.ts";

/**
 * What was counted, on one grid of local hours or dates without a gap: clean values, NaN where nothing is known or nothing is believed.
 * Values are people, 0 and more; the last date is the one before the forecast begins.
 */
export interface History extends Pick<Panel, "step" | "from" | "days" | "names" | "values"> {
  /** Per name and slot how far a value is believed, 0..1, as the quality job says of imputed ones; left out, 1. */
  readonly certainty?: readonly (Float32Array | undefined)[];
}

/** What the calendar says by date `YYYY-MM-DD`; a date with a `shock` is left out of all that is learned. */
export type Calendar = ReadonlyMap<string, DayNote>;

/** Numbers beside the counts by date: weather, prices, promotions. */
export interface Regressor {
  readonly name: string;
  /** True when the numbers of the horizon are given; otherwise it explains the past only, and the forecast takes its usual value. */
  readonly isKnownAhead: boolean;
  /** One array for all series or one for each, by date from the first of the history on; NaN where not known. */
  readonly values: readonly Float64Array[];
  /** Like `values`: 1 where the number of a date was known before it. Left out, `isKnownAhead` says it of all. */
  readonly marks?: readonly Uint8Array[];
  /** Dates behind an origin that are known at most, as 7 of a weather forecast; left out, all of the horizon. */
  readonly reachDays?: number;
}

/** All that is known beside the counts, for the dates of the history and of the horizon. */
export interface Context {
  /** One for all series or one for each. */
  readonly calendars: readonly Calendar[];
  readonly regressors?: readonly Regressor[];
  /** One for each series: whose habits a new one may take. Left out, those of all others. */
  readonly families?: readonly Family[];
}

/** Series of one level and cluster are used alike. */
export interface Family {
  /** Stores lend to stores, doors to doors. */
  readonly level: string;
  /** Left out where it is not known. */
  readonly cluster?: number;
}

/** A whole forecast of one series; arrays are as long as the horizon in slots of its step. Always 0 <= lo95 <= lo80 <= yhat <= hi80 <= hi95. */
export interface SeriesForecast {
  readonly name: string;
  readonly yhat: Float64Array;
  readonly lo80: Float64Array;
  readonly hi80: Float64Array;
  readonly lo95: Float64Array;
  readonly hi95: Float64Array;
  /** What made it, such as `level-shape 0.41, ridge 0.38, boosted-trees 0.21`: weights of the first week. */
  readonly model: string;
  /** One for each date of the horizon. */
  readonly parts: readonly DayParts[];
  /** For a new series, whose habits it was foretold by. */
  readonly borrowed?: Borrowed;
}

export interface Borrowed {
  /** Series whose habits were taken. */
  readonly from: number;
  /** Dates that it has itself. */
  readonly days: number;
  /** True where they are of its cluster, false where they are all others. */
  readonly isCluster: boolean;
}

/** People that each cause adds on a date; they add up to the forecast of the date. */
export interface DayParts {
  readonly date: string;
  /** An ordinary day of the weeks before. */
  readonly level: number;
  readonly weekday: number;
  readonly season: number;
  readonly holiday: number;
  readonly event: number;
  /** Regressors: weather, promotions. */
  readonly regressors: number;
  /** What of `regressors` each of them adds, by name; left out where there are none. */
  readonly named?: Readonly<Record<string, number>>;
  /** Regressors known in advance that have no number for this date: it is foretold as if they were not there. */
  readonly missing?: readonly string[];
  /** What the members say beside the causes above. */
  readonly other: number;
}

/** The forecasts of all series of a history; slot 0 is the first hour of `from`, or `from` itself. */
export interface PanelForecast {
  readonly step: History["step"];
  readonly from: string;
  readonly series: readonly SeriesForecast[];
}

/** Days of all series up to an origin, made ready for members: what is masked or doubted is NaN with weight 0, levels before a shock are rescaled. */
export interface Days {
  readonly from: string;
  /** The origin: the first date that is not known is `from` + `days`. */
  readonly days: number;
  readonly names: readonly string[];
  readonly values: readonly Float64Array[];
  readonly weights: readonly Float64Array[];
  /** Per series, calendar and regressors of past and horizon. */
  readonly dates: readonly DateTable[];
}

/** What is known of each date of a series, in columns by days since the first date of the history; longer than the history. */
export interface DateTable {
  /** 0 is Monday. */
  readonly weekday: Uint8Array;
  /** Day of the year, 0..365. */
  readonly yearDay: Uint16Array;
  /** 0 for none, else 1 + index into `holidayNames`. */
  readonly holiday: Uint16Array;
  readonly holidayNames: readonly string[];
  /** 0 for none, else 1 + index into `eventNames`. */
  readonly event: Uint16Array;
  readonly eventNames: readonly string[];
  readonly isClosed: Uint8Array;
  /** Masked by the calendar. */
  readonly isShock: Uint8Array;
  /** By regressor, standardised on the dates before the origin; 0 where not known. */
  readonly regressors: readonly Float64Array[];
  readonly regressorNames: readonly string[];
  /** What `regressors` are made of, anew for each origin. */
  readonly numbers: readonly NamedColumn[];
}

/** A regressor of one series. */
export interface NamedColumn extends Pick<Regressor, "name" | "isKnownAhead" | "reachDays"> {
  /** By date; NaN where not known. */
  readonly values: Float64Array;
  readonly marks?: Uint8Array;
}

/**
 * One way to foretell days: of ours, or a remote or frozen model (ONNX, AI.FORECAST), hence all series at once and a promise. Called by `fit`
 * for each past origin and for today's. Must give the same numbers for the same days.
 */
export interface Member {
  /** Stands in weights, artefacts and tables. */
  readonly name: string;
  /** Somebody else's: it has no part in the forecast beyond what past origins say for it, and the others go on without it. */
  readonly isOptional?: boolean;
  /** Learns from days alone, none of which is behind their origin. */
  fit(days: Days): Promise<Model>;
  /** A model back from what `Model.state` gave; throws `AppError` for anything else. */
  load(state: unknown): Model;
}

export interface Model {
  /** To be kept in an artefact as JSON; undefined for a model that learns again from the days of each forecast. */
  readonly state: unknown;
  /** People by series and date of the horizon, from days that may be later than those it was fitted on; never NaN nor negative. */
  predict(days: Days, horizon: number): Promise<readonly Float64Array[]>;
}

/** What a weekly renewal makes and the nightly forecast uses: plain JSON, kept as a file. */
export interface Champion {
  readonly version: number;
  readonly step: History["step"];
  /** In the order of all weights. */
  readonly memberNames: readonly string[];
  /** Fitted state of each member. */
  readonly members: Readonly<Record<string, unknown>>;
  /** By name of a series. */
  readonly series: Readonly<Record<string, SeriesChampion>>;
  /** For a series that was not there at the fit. */
  readonly pooled: SeriesChampion;
}

export interface SeriesChampion {
  /** By horizon group, by member; each adds up to 1. */
  readonly weights: readonly (readonly number[])[];
  /** Added to the logarithm of the combination, which was off to one side; left out by artefacts that did not know of it. */
  readonly lean?: number;
  /** Of dates, by horizon group. */
  readonly dayErrors: readonly ErrorQuantiles[];
  /** Of hours, by hour of the day; empty for a daily series. */
  readonly hourErrors: readonly ErrorQuantiles[];
  /** For `updateToday`, by the part of the expected date that is counted; empty for a daily series. */
  readonly today: readonly TodayStage[];
  /** Past origins that vouch for it; 0 means that others do. */
  readonly origins: number;
  /** Mean absolute error of each member and of the combination on past origins as a part of the usual date; NaN (null in JSON) of none. */
  readonly evidence: Readonly<Record<string, number | null>>;
}

/** How a date goes on at one stage of it. */
export interface TodayStage {
  /** How far the rest of a date is off as the hours before were: 0 not at all, 1 by the same ratio. */
  readonly slope: number;
  /** How far it follows the last hours where these are off otherwise than all of them. */
  readonly recent: number;
  /** How far it follows yesterday's hours behind this one, and those before it, where both are off; left out by artefacts that did not know of them. */
  readonly lastRest?: number;
  readonly lastSeen?: number;
  /** Usual size of what is left unexplained; the quantiles are multiples of it, more on a date that is odd already. */
  readonly spread: number;
  /** Of the rest of the date. */
  readonly errors: ErrorQuantiles;
}

/** Signed quantiles of log((counted + offset) / (forecast + offset)). */
export interface ErrorQuantiles {
  readonly q025: number;
  readonly q10: number;
  readonly q90: number;
  readonly q975: number;
}

export interface FitOptions {
  /** Longest horizon that is asked for, in days. */
  readonly horizonDays: number;
  /** Default: all of ours. */
  readonly members?: readonly Member[];
  /** Told how much is done, 0..1. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Learns members, weights and errors from a history. `fitChampion` of `fit.ts`. */
export type Fit = (history: History, context: Context, options: FitOptions) => Promise<Champion>;

/** Forecasts `horizon` slots of the step behind a history, which may be later than the one fitted on. `predict` of `predict.ts`. */
export type Predict = (
  champion: Champion,
  history: History,
  context: Context,
  options: { readonly horizon: number; readonly members?: readonly Member[] },
) => Promise<PanelForecast>;
