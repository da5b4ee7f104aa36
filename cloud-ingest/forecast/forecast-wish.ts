import { SLOTS } from "../quality/panel.ts";
import { coherent } from "./coherent.ts";
import { dayTotals } from "./days/day-totals.ts";
import { fitChampion } from "./fit.ts";
import { withClosedHours } from "./hourly/closed-hours.ts";
import { OUR_MEMBERS } from "./members/all.ts";
import { OptionalMemberFault } from "./onnx/optional-member-fault.ts";
import { type PastEffects, pastEffects } from "./past-effects.ts";
import type { Champion, Context, History, Member, PanelForecast } from "./port.ts";
import { predict } from "./predict.ts";
import { remembered } from "./remembered.ts";
import { type Renewal, renew } from "./renew.ts";
import { withMembers } from "./with-members.ts";

/** What the thread is asked for. */
export type ForecastWish =
  | ({ readonly op: "fit" } & Learning)
  | ({ readonly op: "renew"; readonly incumbent: Champion } & Learning)
  | ({
      readonly op: "predict";
      readonly champion: Champion;
      readonly days: number;
      readonly hoursDays: number;
      /** By series, the name of what it is a part of. */
      readonly parents: readonly (string | undefined)[];
      /** Dates that are over of which it is asked what regressors did. */
      readonly pastDates: number;
    } & Known);

interface Known {
  /** File of an ONNX model that is to be a member. */
  readonly onnx?: string;
  /** By the hour. */
  readonly history: History;
  readonly context: Context;
}

interface Learning extends Known {
  readonly horizonDays: number;
}

/** Forecasts by date and by hour from the same champion. */
export interface BothForecasts {
  readonly days: PanelForecast;
  readonly hours: PanelForecast;
  /** By series. */
  readonly past: readonly PastEffects[];
}

export type ForecastAnswer = ({ readonly champion: Champion } | { readonly renewal: Renewal } | BothForecasts) & {
  /** Why an optional member was left out. */
  readonly word?: string;
};

type Answer = (wish: ForecastWish, onProgress?: (done: number) => void) => Promise<ForecastAnswer>;

/** Fits, renews or predicts. A model that does not do is left out with a word; its file is opened and tried once. */
export function forecastAnswers(): Answer {
  const opened = new Map<string, Promise<Member | OptionalMemberFault>>();
  return async (wish, onProgress) => {
    const { onnx } = wish;
    const found = onnx === undefined ? undefined : await remembered(opened, onnx, () => openedOnnx(onnx));
    if (found instanceof OptionalMemberFault)
      return { ...(await answerWith(OUR_MEMBERS, wish, onProgress)), word: found.message };
    if (!found) return answerWith(OUR_MEMBERS, wish, onProgress);
    try {
      return await answerWith([...OUR_MEMBERS, found], wish, onProgress);
    } catch (error) {
      if (!(error instanceof OptionalMemberFault)) throw error;
      return { ...(await answerWith(OUR_MEMBERS, wish, onProgress)), word: error.message };
    }
  };
}

/** ONNX Runtime is loaded for who has a model. */
async function openedOnnx(file: string): Promise<Member | OptionalMemberFault> {
  const { openOnnxMember } = await import("./onnx/onnx-member.ts");
  return openOnnxMember(file).catch((error: unknown) => {
    if (error instanceof OptionalMemberFault) return error;
    throw error;
  });
}

async function answerWith(
  members: readonly Member[],
  asked: ForecastWish,
  onProgress?: (done: number) => void,
): Promise<ForecastAnswer> {
  const { context } = asked;
  const history = withClosedHours(asked.history);
  const wish = { ...asked, history };
  switch (wish.op) {
    case "fit":
      return {
        champion: await fitChampion(history, context, {
          ...{ horizonDays: wish.horizonDays, members },
          ...(onProgress && { onProgress }),
        }),
      };
    case "renew":
      return withGone(wish.incumbent, members, async (incumbent) => ({
        renewal: await renew(incumbent, { ...wish, members, ...(onProgress && { onProgress }) }),
      }));
    case "predict":
      return withGone(wish.champion, members, async (champion) =>
        coherent(await predictBoth(champion, wish, members), wish.parents),
      );
  }
}

/** Without the optional members of a champion that are not there, or are others by now, and a word of it. */
async function withGone<Found extends object>(
  champion: Champion,
  members: readonly Member[],
  use: (champion: Champion) => Promise<Found>,
): Promise<Found & { readonly word?: string }> {
  const words: string[] = [];
  const names = champion.memberNames.filter((name) => {
    const why = whyGone(name, champion.members[name], members);
    if (why !== undefined) words.push(why);
    return why === undefined;
  });
  const [word] = words;
  return { ...(await use(withMembers(champion, names))), ...(word !== undefined && { word }) };
}

function whyGone(name: string, state: unknown, members: readonly Member[]): string | undefined {
  const member = members.find((one) => one.name === name);
  if (!member) return `The model in force has a member ${JSON.stringify(name)}, which is not here; the others go on`;
  if (!member.isOptional) return undefined;
  try {
    member.load(state);
    return undefined;
  } catch (error) {
    if (error instanceof OptionalMemberFault) return error.message;
    throw error;
  }
}

async function predictBoth(
  champion: Champion,
  wish: Known & { readonly days: number; readonly hoursDays: number; readonly pastDates: number },
  members: readonly Member[],
): Promise<BothForecasts> {
  const { history, context, days, hoursDays, pastDates } = wish;
  const byDate = byDates(history);
  return {
    days: await predict({ ...champion, step: "day" }, byDate, context, { horizon: days, members }),
    hours: await predict(champion, history, context, { horizon: hoursDays * SLOTS.hour, members }),
    past: pastEffects(byDate, context, pastDates),
  };
}

/** An hourly history by date. */
export function byDates(history: History): History {
  const totals = history.names.map((_, series) => dayTotals(history, series));
  return {
    ...history,
    step: "day",
    values: totals.map(({ values }) => values),
    certainty: totals.map(({ weights }) => Float32Array.from(weights)),
  };
}
