import type { Cause } from "../../report/forecast/forecast-view.ts";

/** What a page and a command say of forecasts and clusters; a language that lacks a word does not compile. */
export interface ForecastWords {
  readonly causes: Readonly<Record<Cause, string>>;
  /** By reason; one that is not known is shown as it is. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Numbers beside the counts, by the names that are usual. */
  readonly numbers: Readonly<Record<string, string>>;
  readonly quoted: (name: string) => string;
  readonly without: (names: readonly string[]) => string;
  readonly title: string;
  readonly note: string;
  readonly counted: string;
  readonly expected: string;
  readonly interval: string;
  readonly unusualDays: string;
  readonly alike: (name: string, clusters: string) => string;
  readonly odd: string;
  readonly basis: (known: string, repaired: string) => string;
  readonly isNew: (days: string, from: string, isCluster: boolean) => string;
  readonly range: (yhat: string, from: string, to: string) => string;
  readonly ahead: (date: string, expected: string, parts: readonly string[]) => string;
  readonly morning: (expected: string) => string;
  readonly underWay: (expected: string, counted: string, clock: string) => string;
  readonly past: (date: string, counted: string, expected: string) => string;
  readonly asExpected: string;
  readonly difference: (reasons: readonly string[]) => string;
  readonly estimated: (hours: string) => string;
  readonly named: (word: string, name: string) => string;
  readonly chart: (days: string) => string;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const english: ForecastWords = {
  causes: {
    ...{ level: "an ordinary day", weekday: "day of the week", season: "season", holiday: "holiday or closure" },
    ...{ event: "event", regressors: "weather and promotions", other: "recent course" },
  },
  reasons: {
    ...{ device: "hours that were not counted", neighbours: "your other stores were off alike", closed: "closed" },
    ...{ holiday: "holiday", event: "event", shock: "exceptional situation", unexplained: "no known reason" },
    regressors: "weather and promotions",
  },
  numbers: {
    ...{ weather: "weather", temperature: "temperature", rain: "rain", snow: "snow", wind: "wind", event: "event" },
    ...{ price: "price", discount: "discount", promotion: "promotion", advertising: "advertising" },
  },
  quoted: (name) => `“${name}”`,
  without: (names) => ` Foretold without ${names.join(", ")}, of which nothing is known for that day.`,
  title: "Expected",
  note: "From clean counts of the past, made every night. Of 100 such days 80 lie in the range.",
  counted: "Counted",
  expected: "Expected",
  interval: "80 % range",
  unusualDays: "Days that were not as expected",
  alike: (name, clusters) => `Its week is of the kind “${name}”, one of ${clusters} among your stores.`,
  odd: "It differs from the others of its kind.",
  basis: (known, repaired) => `Of the last four weeks ${known} was counted; ${repaired} are estimates.`,
  isNew: (days, from, isCluster) =>
    `New, with ${days} days of its own: weekdays and season follow ${from} others${isCluster ? " of its kind" : ""}.`,
  range: (yhat, from, to) => `${yhat} (${from} to ${to})`,
  ahead: (date, expected, parts) => `${date}: ${expected} people expected. ${capital(parts.join(", "))}.`,
  morning: (expected) => `Today ${expected} people are expected, as foretold in the morning.`,
  underWay: (expected, counted, clock) => `Today ${expected} people are expected; ${counted} until ${clock}.`,
  past: (date, counted, expected) => `${date}: ${counted} people; ${expected} were expected.`,
  asExpected: " As expected.",
  difference: (reasons) => ` The difference: ${reasons.join(", ")}.`,
  estimated: (hours) => ` ${hours} hours are estimates.`,
  named: (word, name) => `${word} (${name})`,
  chart: (days) => `What was counted and expected in the last ${days} days, and what is expected of the next`,
};

const japanese: ForecastWords = {
  causes: {
    ...{ level: "平常の水準", weekday: "曜日", season: "季節", holiday: "祝日・休業" },
    ...{ event: "催事", regressors: "天気・販促", other: "直近の動き" },
  },
  reasons: {
    ...{ device: "計測できなかった時間", neighbours: "ほかの店舗も同じ傾向", closed: "休業" },
    ...{ holiday: "祝日", event: "催事", shock: "特別な状況", unexplained: "理由は不明" },
    regressors: "天気・販促",
  },
  numbers: {
    ...{ weather: "天気", temperature: "気温", rain: "雨", snow: "雪", wind: "風", event: "催事" },
    ...{ price: "価格", discount: "値引き", promotion: "販促", advertising: "広告" },
  },
  quoted: (name) => `「${name}」`,
  without: (names) => `この日の${names.join("、")}はまだ登録されていないため、含めずに予測しました。`,
  title: "来店予測",
  note: "補正済みの過去の計測値から毎晩作成しています。このような日が100日あれば、80日は幅の中に収まります。",
  counted: "計測",
  expected: "予測",
  interval: "80％の幅",
  unusualDays: "予測から外れた日",
  alike: (name, clusters) => `1週間の使われ方は「${name}」です（店舗全体で${clusters}種類）。`,
  odd: "同じ種類の店舗とは少し異なります。",
  basis: (known, repaired) => `直近4週間のうち計測できたのは${known}、推定値は${repaired}です。`,
  isNew: (days, from, isCluster) =>
    `新しい計測場所です（実績${days}日）。曜日と季節の傾向は${isCluster ? "同じ種類の" : "ほかの"}${from}か所から推定しています。`,
  range: (yhat, from, to) => `${yhat}人（${from}〜${to}人）`,
  ahead: (date, expected, parts) => `${date}は${expected}の見込みです。内訳：${parts.join("、")}（人）。`,
  morning: (expected) => `今日は${expected}の見込みです（朝の時点の予測）。`,
  underWay: (expected, counted, clock) => `今日は${expected}の見込みです（${clock}までに${counted}人）。`,
  past: (date, counted, expected) => `${date}は${counted}人、予測は${expected}でした。`,
  asExpected: "予測どおりです。",
  difference: (reasons) => `差の内訳：${reasons.join("、")}（人）。`,
  estimated: (hours) => `${hours}時間分は推定値です。`,
  named: (word, name) => `${word}「${name}」`,
  chart: (days) => `直近${days}日間の計測値と予測、これからの予測`,
};

export const FORECAST_WORDS = { en: english, ja: japanese } as const;
