import { createHash } from "node:crypto";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { packageVersion } from "../../../firmware-config/kit/package-root.ts";
import { addDays, datesOf } from "../../calendar.ts";
import type { JobsConfig } from "../../config.ts";
import { createForecastThread } from "../../forecast/forecast-thread.ts";
import type { BothForecasts, ForecastAnswer, ForecastWish } from "../../forecast/forecast-wish.ts";
import type { Champion } from "../../forecast/port.ts";
import type { Renewal } from "../../forecast/renew.ts";
import { groupBy } from "../../group-by.ts";
import type { Registry } from "../../registry/registry.ts";
import { cleanTraffic } from "../../warehouse/clean-traffic.ts";
import type { DerivedRow, DerivedStore } from "../../warehouse/derived-port.ts";
import type { StoreInfo, TrafficStore } from "../../warehouse/port.ts";
import type { RowStore } from "../../warehouse/row-port.ts";
import { zoneOf } from "../../zone/rules.ts";
import { scheduleOf } from "../cron.ts";
import { type Job, type JobStep, type JobWish, type StepResult, storesOf } from "../job.ts";
import type { Artefact, Artefacts } from "./artefacts.ts";
import { familiesOf, isYoung } from "./families.ts";
import { forecastRows } from "./forecast-rows.ts";
import { groupRegressors } from "./group-regressors.ts";
import { type GroupHistory, groupHistory, groupsOf, HISTORY_DAYS, type StoreGroup } from "./groups.ts";
import { lastDates } from "./last-dates.ts";
import { type PastInputs, pastDates, pastRows } from "./past-rows.ts";
import { tenantRows } from "./tenant-rows.ts";

export const FORECAST = "forecast";

/** Dates are foretold a quarter ahead, hours a week. */
const DAYS_AHEAD = 90;
const HOURS_DAYS = 7;
/** Dates of which it is said again how the forecast went: counts may come late, and are repaired. */
const PAST_DAYS = 14;
/** Fewer dates with counts teach nothing: a weekday would be known once. */
const LEAST_DAYS = 14;

export interface ForecastParts {
  readonly config: JobsConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: TrafficStore & DerivedStore & Pick<RowStore, "sourceRows">;
  readonly registry: () => Promise<Registry>;
  readonly clock: Clock;
  readonly log: Log;
  readonly artefacts: Artefacts;
  /** Makes the thread that learns and forecasts; default: one of its own. */
  readonly thread?: () => ForecastThread;
}

export type ForecastThread = Pick<ReturnType<typeof createForecastThread>, "ask" | "close">;

/** Foretells the next dates and hours of every door and store by what was learnt last; learns first where nothing was. */
export function forecastJob(parts: ForecastParts): Job {
  return {
    ...{ name: FORECAST, description: "what is expected of the next days and hours" },
    ...{ lane: "long", stepTimeoutS: 3_600, retries: 1 },
    schedule: scheduleOf("jobs.forecast", parts.config.forecast),
    plan: async (wish) => {
      const plan = await planOf(parts, wish, forecastGroup);
      return { ...plan, steps: [...plan.steps, ...tenantSteps(parts, wish)] };
    },
  };
}

/** What the stores of a tenant come to, once all of them are foretold. */
function tenantSteps({ stores: all, warehouse, clock }: ForecastParts, wish: JobWish): readonly JobStep[] {
  const asked = new Set(storesOf(all, wish).map(({ tenant }) => tenant));
  const tenants = [...groupBy(all, ({ tenant }) => tenant)].filter(
    ([tenant, stores]) => asked.has(tenant) && stores.length > 1,
  );
  return tenants.map(([tenant, stores]) => {
    const [first] = stores.map(({ timeZone }) => wish.to ?? addDays(zoneOf(timeZone).date(clock.nowMs()), -1)).sort();
    const range = { from: addDays(first ?? "", 1), to: addDays(first ?? "", DAYS_AHEAD) };
    const run = async (signal: AbortSignal): Promise<StepResult> => {
      const rows: DerivedRow[] = [];
      for (const store of stores)
        rows.push(...(await warehouse.derived(FORECAST, store, range, { isExport: true, signal })));
      const work = [{ store: { tenant, store: "", name: tenant, timeZone: "UTC" }, dates: datesOf(range) }];
      await warehouse.replaceDerived(FORECAST, work, tenantRows(tenant, rows, stores.length));
      return {};
    };
    return { key: `tenant ${tenant} ${first}`, run };
  });
}

/** Learns anew from clean counts. Of each place the combination changes only when it did no worse on the last weeks, also in the tail. */
export function renewForecastJob(parts: ForecastParts): Job {
  return {
    ...{ name: "renew-forecast", description: "models are learnt anew and tried on the past; the better one stays" },
    ...{ lane: "long", stepTimeoutS: 2 * 3_600, retries: 0 },
    schedule: scheduleOf("jobs.renewForecast", parts.config.renewForecast),
    plan: async (wish) => planOf(parts, wish, renewGroup),
  };
}

/** What a run works with. */
interface Tools extends ForecastParts {
  /** Why a model was left out, for the run. */
  readonly words: Set<string>;
  readonly one: ForecastThread;
  readonly known: Registry;
}

/** A group and its last date that is over. */
interface Share extends StoreGroup {
  readonly last: string;
}

type GroupWork = (tools: Tools, share: Share, signal: AbortSignal) => Promise<StepResult>;

async function planOf(parts: ForecastParts, wish: JobWish, work: GroupWork) {
  const asked = new Set(storesOf(parts.stores, wish));
  const groups = groupsOf(parts.stores).filter(({ stores }) => stores.some((store) => asked.has(store)));
  const shares = groups.map((group) => shareOf(group, parts.clock, wish));
  const { thread = createForecastThread } = parts;
  const words = new Set<string>();
  const tools: Tools = { ...parts, words, one: thread(), known: await parts.registry() };
  return {
    details: {
      groups: shares.length,
      // Read once the steps are done.
      get words() {
        return words.size === 0 ? undefined : [...words];
      },
    },
    steps: shares.map(
      (share): JobStep => ({
        key: `${share.name} ${share.last}`,
        run: (signal) => work(tools, share, signal),
      }),
    ),
    finish: () => tools.one.close(),
  };
}

/** By hand `to` is the last date that is known. */
function shareOf(group: StoreGroup, clock: Clock, { to }: JobWish): Share {
  const timeZone = group.stores[0]?.timeZone ?? "UTC";
  return { ...group, last: to ?? addDays(zoneOf(timeZone).date(clock.nowMs()), -1) };
}

async function forecastGroup(tools: Tools, share: Share, signal: AbortSignal): Promise<StepResult> {
  const known = await historyOf(tools, share, signal);
  if (!known) return { counts: { forecast: 0 } };
  const { id, champion } = (await tools.artefacts.current(share.name)) ?? (await learn(tools, share, known, signal));
  const forecasts = await askFor(tools, known, champion, signal);
  const madeAt = new Date(tools.clock.nowMs()).toISOString();
  const stagesOf = (name: string) => (champion.series[name] ?? champion.pooled).today;
  const before = await rowsBefore(tools, share);
  const lasts = lastDates(known, before);
  const rows = forecastRows({ places: known.places, forecasts, artefact: id, madeAt, stagesOf, lasts });
  const ahead = datesOf({ from: addDays(share.last, 1), to: addDays(share.last, DAYS_AHEAD) });
  await replace(tools, share, ahead, rows);
  await lookBack(tools, share, { known, madeAt, effects: forecasts.past, rows: before });
  return { counts: { forecast: known.places.length } };
}

function replace({ warehouse }: Tools, { stores }: Share, dates: readonly string[], rows: readonly DerivedRow[]) {
  const work = stores.map((store) => ({ store, dates }));
  return warehouse.replaceDerived(FORECAST, work, rows);
}

/** What was expected of the last dates. */
async function rowsBefore({ warehouse }: Tools, { stores, last }: Share): Promise<readonly DerivedRow[]> {
  const range = { from: pastDates(last, PAST_DAYS)[0] ?? last, to: last };
  const rows: DerivedRow[] = [];
  for (const store of stores) rows.push(...(await warehouse.derived(FORECAST, store, range)));
  return rows;
}

/** Says of the last dates how the forecasts went that were made before them. */
async function lookBack(tools: Tools, share: Share, past: Omit<PastInputs, "dates">) {
  const dates = pastDates(share.last, PAST_DAYS);
  const told = pastRows({ ...past, dates });
  if (told.length > 0)
    await replace(tools, share, dates, [...past.rows.filter(({ step }) => step !== "past"), ...told]);
}

async function askFor(
  tools: Tools,
  { history, context, parents }: GroupHistory,
  champion: Champion,
  signal: AbortSignal,
): Promise<BothForecasts> {
  const spans = { days: DAYS_AHEAD, hoursDays: HOURS_DAYS, pastDates: PAST_DAYS };
  const wish = { op: "predict", champion, history, context, parents, ...spans } as const;
  const answer = await asked(tools, wish, signal);
  if ("days" in answer) return answer;
  throw new Error("the thread gave no forecasts");
}

/** What the thread answers; that it left a model out stands in the run and in the log. */
async function asked({ one, words, log, config }: Tools, wish: ForecastWish, signal: AbortSignal) {
  const { forecastModel: onnx } = config;
  const answer: ForecastAnswer = await one.ask({ ...wish, ...(onnx !== undefined && { onnx }) }, signal);
  const { word } = answer;
  if (word !== undefined && !words.has(word))
    log.warn({ word }, "a model is left out of the forecast; the others go on");
  if (word !== undefined) words.add(word);
  return answer;
}

async function historyOf(tools: Tools, share: Share, signal: AbortSignal): Promise<GroupHistory | undefined> {
  const { warehouse, known: registry } = tools;
  const { stores, last } = share;
  const known = await groupHistory({
    warehouse: cleanTraffic(warehouse),
    registry,
    stores,
    last,
    horizonDays: DAYS_AHEAD,
    signal,
  });
  if (!known || known.history.days < LEAST_DAYS) return undefined;
  return withFamilies(tools, share, await withNumbers(tools, share, known, signal));
}

/** With weather, prices and promotions beside the counts. */
async function withNumbers(
  tools: Tools,
  share: Share,
  known: GroupHistory,
  signal: AbortSignal,
): Promise<GroupHistory> {
  const { history, places, context } = known;
  const range = { from: history.from, to: addDays(share.last, DAYS_AHEAD) };
  const { warehouse, log } = tools;
  const of = { warehouse, places, stores: share.stores, range, historyDays: history.days, signal };
  const { regressors, words } = await groupRegressors(of);
  if (words.length > 0) log.warn({ group: share.name, words }, "some regressors do nothing in the forecast");
  return regressors.length === 0 ? known : { ...known, context: { ...context, regressors } };
}

/** With the clusters of its places, where one is so new that it borrows. */
async function withFamilies({ warehouse }: Tools, { stores, last }: Share, known: GroupHistory): Promise<GroupHistory> {
  if (!known.history.values.some(isYoung)) return known;
  return { ...known, context: { ...known.context, families: await familiesOf(warehouse, known, { stores, last }) } };
}

async function learn(tools: Tools, share: Share, known: GroupHistory, signal: AbortSignal): Promise<Artefact> {
  const { history, context } = known;
  const answer = await asked(tools, { op: "fit", history, context, horizonDays: DAYS_AHEAD }, signal);
  if (!("champion" in answer)) throw new Error("the thread gave no model");
  const artefact = artefactOf(tools, share, known, { champion: answer.champion, trials: [] });
  // A full disk costs the model, which is learnt again tomorrow, and not the forecast.
  await tools.artefacts.keep(artefact).catch((error: unknown) => {
    tools.log.warn(
      { group: share.name, error: messageOf(error) },
      "a model cannot be kept; this forecast goes by it all the same",
    );
  });
  return artefact;
}

async function renewGroup(tools: Tools, share: Share, signal: AbortSignal): Promise<StepResult> {
  const known = await historyOf(tools, share, signal);
  if (!known) return { counts: { renewed: 0, kept: 0 } };
  const incumbent = await tools.artefacts.current(share.name);
  if (!incumbent) {
    await learn(tools, share, known, signal);
    return { counts: { renewed: known.places.length, kept: 0 } };
  }
  const { history, context } = known;
  const wish = { op: "renew", incumbent: incumbent.champion, history, context, horizonDays: DAYS_AHEAD } as const;
  const answer = await asked(tools, wish, signal);
  if (!("renewal" in answer)) throw new Error("the thread gave no renewal");
  await tools.artefacts.keep(artefactOf(tools, share, known, answer.renewal));
  const renewed = answer.renewal.trials.filter(({ isRenewed }) => isRenewed).length;
  return { counts: { renewed, kept: answer.renewal.trials.length - renewed } };
}

function artefactOf({ clock }: Tools, share: Share, known: GroupHistory, { champion, trials }: Renewal): Artefact {
  const madeAt = new Date(clock.nowMs()).toISOString();
  const dataHash = hashOf(known);
  const { regressors = [] } = known.context;
  return {
    id: `${madeAt.replace(/[-:.]/g, "")}-${dataHash.slice(0, 8)}`,
    ...{ group: share.name, madeAt, code: packageVersion(), dataHash, trials, champion },
    parameters: {
      ...{ from: known.history.from, to: share.last, places: known.places.length, historyDays: HISTORY_DAYS },
      ...{ members: champion.memberNames.join(","), horizonDays: DAYS_AHEAD },
      ...(regressors.length > 0 && { regressors: regressors.map(({ name }) => name).join(",") }),
    },
  };
}

function hashOf({ history, context }: GroupHistory): string {
  const hash = createHash("sha256").update(JSON.stringify([history.from, history.days, history.names]));
  for (const values of history.values) hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  for (const calendar of context.calendars) hash.update(JSON.stringify([...calendar]));
  for (const { name, values, marks = [] } of context.regressors ?? []) {
    hash.update(JSON.stringify(name));
    for (const one of [...values, ...marks]) hash.update(new Uint8Array(one.buffer, one.byteOffset, one.byteLength));
  }
  return hash.digest("hex");
}
