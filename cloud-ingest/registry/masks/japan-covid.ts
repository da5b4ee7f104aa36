import type { DateRange } from "../../calendar.ts";

/** Prefectures by ISO 3166-2:JP number. */
const ALL = Array.from({ length: 47 }, (_, index) => index + 1);
/** The same as ISO writes them: 01 (Hokkaido) to 47 (Okinawa). */
export const PREFECTURES: readonly string[] = ALL.map((number) => String(number).padStart(2, "0"));
const [HOKKAIDO, MIYAGI, IBARAKI, TOCHIGI, GUNMA, SAITAMA, CHIBA, TOKYO, KANAGAWA] = [1, 4, 8, 9, 10, 11, 12, 13, 14];
const [GIFU, SHIZUOKA, AICHI, MIE, SHIGA, KYOTO, OSAKA, HYOGO] = [21, 22, 23, 24, 25, 26, 27, 28];
const [OKAYAMA, HIROSHIMA, FUKUOKA, OKINAWA] = [33, 34, 40, 47];
const CAPITAL = [SAITAMA, CHIBA, TOKYO, KANAGAWA];
const LONGER = [HOKKAIDO, ...CAPITAL, KYOTO, OSAKA, HYOGO];

interface Emergency extends DateRange {
  readonly prefectures: readonly number[];
}

/**
 * The four states of emergency that the government of Japan declared over COVID-19 (Cabinet Secretariat, corona.go.jp): dates in
 * force, both included.
 */
const EMERGENCIES: readonly Emergency[] = [
  { from: "2020-04-07", to: "2020-04-15", prefectures: [...CAPITAL, OSAKA, HYOGO, FUKUOKA] },
  { from: "2020-04-16", to: "2020-05-14", prefectures: ALL },
  { from: "2020-05-15", to: "2020-05-21", prefectures: LONGER },
  { from: "2020-05-22", to: "2020-05-25", prefectures: [HOKKAIDO, ...CAPITAL] },
  { from: "2021-01-08", to: "2021-03-21", prefectures: CAPITAL },
  { from: "2021-01-14", to: "2021-02-07", prefectures: [TOCHIGI] },
  { from: "2021-01-14", to: "2021-02-28", prefectures: [GIFU, AICHI, KYOTO, OSAKA, HYOGO, FUKUOKA] },
  { from: "2021-04-25", to: "2021-06-20", prefectures: [TOKYO, KYOTO, OSAKA, HYOGO] },
  { from: "2021-05-12", to: "2021-06-20", prefectures: [AICHI, FUKUOKA] },
  { from: "2021-05-16", to: "2021-06-20", prefectures: [HOKKAIDO, OKAYAMA, HIROSHIMA] },
  { from: "2021-05-23", to: "2021-09-30", prefectures: [OKINAWA] },
  { from: "2021-07-12", to: "2021-09-30", prefectures: [TOKYO] },
  { from: "2021-08-02", to: "2021-09-30", prefectures: [SAITAMA, CHIBA, KANAGAWA, OSAKA] },
  { from: "2021-08-20", to: "2021-09-30", prefectures: [IBARAKI, TOCHIGI, GUNMA, SHIZUOKA, KYOTO, HYOGO, FUKUOKA] },
  { from: "2021-08-27", to: "2021-09-30", prefectures: [HOKKAIDO, GIFU, AICHI, MIE, SHIGA, HIROSHIMA] },
  { from: "2021-08-27", to: "2021-09-12", prefectures: [MIYAGI, OKAYAMA] },
];

/** True while a state of emergency held in the prefecture, `01` to `47`; without one, while it held in all of Japan. */
export function isJapanCovid(date: string, region: string | undefined): boolean {
  const prefecture = Number(region);
  return EMERGENCIES.some(({ from, to, prefectures }) => {
    const holds = region === undefined ? prefectures.length === ALL.length : prefectures.includes(prefecture);
    return holds && date >= from && date <= to;
  });
}
