import type { Language } from "./language.ts";

/** What a page says of kinds of days and of zones that are used alike; a language that lacks a word does not compile. */
export interface DayKindWords {
  readonly title: string;
  readonly note: (days: string, date: string) => string;
  readonly single: string;
  /** Where no kinds were told. */
  readonly none: string;
  readonly days: (count: string) => string;
  readonly busiest: (hour: string, people: string) => string;
  readonly hour: string;
  readonly profiles: string;
  readonly weeks: (count: string) => string;
  readonly week: string;
  readonly differs: string;
  readonly noKind: string;
  readonly oddDays: string;
  readonly moreDays: (count: string) => string;
  readonly zones: string;
  readonly zonesNote: string;
  readonly moved: string;
  /** A name with words on it behind. */
  readonly told: (name: string, words: readonly string[]) => string;
}

const english: DayKindWords = {
  title: "Kinds of days",
  note: (days, date) =>
    `By the hours at which people come in: ${days} whole days of the half year up to ${date}. How many come is no part of it.`,
  single: "There is one kind: all days go alike, or what differs is not the same in both halves of the weeks.",
  none: "None are told yet: it takes four weeks of days that were counted whole and had enough people. They are looked for once a week.",
  days: (count) => `${count} days`,
  busiest: (hour, people) => `Most from ${hour}: ${people} an hour`,
  hour: "From",
  profiles: "People an hour on the mean day of each kind",
  weeks: (count) => `The last ${count} weeks`,
  week: "Week of",
  differs: "differs from its kind",
  noKind: "none: closed, estimated or not counted whole",
  oddDays: "Days that differ from their kind",
  moreDays: (count) => `and ${count} before`,
  zones: "Zones used alike",
  zonesNote: "By the hours of the week at which people stay in them, among the zones of this store.",
  moved: "of another kind in the run before",
  told: (name, words) => (words.length === 0 ? name : `${name} (${words.join(", ")})`),
};

const japanese: DayKindWords = {
  title: "1日の来店パターン",
  note: (days, date) =>
    `来店の時間帯が似た日をまとめたものです。${date}までの半年間のうち、終日計測できた${days}日が対象です。来店者数の多い少ないは含みません。`,
  single: "パターンは1種類です。どの日も時間帯の傾向が似ているか、違いがあっても安定していません。",
  none: "まだ分類できません。来店者が十分にあり、終日計測できた日が4週間分必要です。分類は週に1回行います。",
  days: (count) => `${count}日`,
  busiest: (hour, people) => `最多は${hour}からの1時間で${people}人`,
  hour: "時刻",
  profiles: "パターンごとの平均的な1日（1時間あたりの来店者数）",
  weeks: (count) => `直近${count}週間`,
  week: "週の初日",
  differs: "同じパターンの日と異なる",
  noKind: "分類なし（休業・推定・欠測のある日）",
  oddDays: "同じパターンの日と異なる日",
  moreDays: (count) => `これより前に${count}日`,
  zones: "使われ方が似たエリア",
  zonesNote: "この店舗のエリアを、滞在のある曜日と時間帯でまとめたものです。",
  moved: "前回は別のグループ",
  told: (name, words) => (words.length === 0 ? name : `${name}（${words.join("、")}）`),
};

const WORDS = { en: english, ja: japanese } as const;

export const kindWords = ({ tag }: Pick<Language, "tag">): DayKindWords => WORDS[tag];
