import { expect, test } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { dayKindsSection } from "../../../../cloud-ingest/dashboards/page/day-kinds-section.ts";
import { renderStorePage } from "../../../../cloud-ingest/dashboards/page/store-page.ts";
import { zonesSection } from "../../../../cloud-ingest/dashboards/page/zones-section.ts";
import type { DayKinds } from "../../../../cloud-ingest/report/forecast/day-kinds.ts";
import type { ForecastView, PlaceForecast } from "../../../../cloud-ingest/report/forecast/forecast-view.ts";
import { kindsData, kindsView, markupOf } from "../pages.ts";

const about = { namesOf: (date: string) => (date === "2026-11-14" ? { event: "<b>parade</b>" } : {}) };
const sectionOf = (view: ForecastView) => dayKindsSection(view, about)?.text ?? "";
const kinds = kindsView.kinds as DayKinds;

/** What readers of a language see, words apart. */
function readIn(language: "ja" | "en", markup: string): string {
  const other = language === "ja" ? "en" : "ja";
  const own = markup.replaceAll(new RegExp(`<span lang="${other}">[^<]*</span>`, "g"), "");
  return own.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

test("each kind has its letter, name, days and busiest hour in both languages, a picture and a table", () => {
  const section = sectionOf(kindsView);
  const [en, ja] = [readIn("en", section), readIn("ja", section)];
  expect(en).toContain("27 whole days of the half year up to Sunday, 22 November 2026");
  expect(en).toContain("A Mon-Fri 20 days Most from 23:00: 115 an hour");
  expect(en).toContain("B Sat, Sun, holidays 7 days Most from 23:00: 9,200 an hour");
  expect(ja).toContain("2026年11月22日(日)までの半年間のうち、終日計測できた27日が対象です");
  expect(ja).toContain("B 土・日・祝日 7日 最多は23:00からの1時間で9,200人");
  expect(section.match(/<svg class="profile"[^>]* role="img" aria-labelledby="kind-[AB]"/g)).toHaveLength(2);
  expect(section.match(/<rect class="kind-2"/g)).toHaveLength(24);
  // One axis for both, so that they can be compared.
  expect(section.match(/>10,000</g)).toHaveLength(2);
  expect(section).toContain('<tr><th scope="row">23:00</th><td>115</td><td>9,200</td></tr>');
});

test("the calendar of the last weeks tells each date by a letter; a date without a kind says so, an odd one is marked and listed", () => {
  const section = sectionOf(kindsView);
  const calendar = /<table class="weeks".*?<\/table>/s.exec(section)?.[0] ?? "";
  expect(calendar.match(/<tr>/g)).toHaveLength(1 + 8);
  expect(calendar.match(/<td>/g)).toHaveLength(8 * 7);
  expect(calendar).toContain('<td><i class="mark">–</i><small>11</small></td>');
  expect(calendar).toContain('<td><i class="mark kind-2 odd">B*</i><small>14</small></td>');
  expect(readIn("en", section)).toContain(
    "Days that differ from their kind B Saturday, 14 November 2026 (Sat, Sun, holidays, &lt;b&gt;parade&lt;/b&gt;)",
  );
  expect(readIn("ja", section)).toContain(
    "同じパターンの日と異なる日 B 2026年11月14日(土)（土・日・祝日、&lt;b&gt;parade&lt;/b&gt;）",
  );
});

test("dates behind the last one that a run looked at are empty", () => {
  const section = sectionOf({ ...kindsView, kinds: { ...kinds, runDate: "2026-11-18" } });
  const calendar = /<table class="weeks".*?<\/table>/s.exec(section)?.[0] ?? "";
  expect(calendar.match(/<td><\/td>/g)).toHaveLength(4);
});

test("a kind keeps its letter when another goes", () => {
  const section = sectionOf({ ...kindsView, kinds: { ...kinds, kinds: kinds.kinds.filter(({ id }) => id === 2) } });
  expect(section).toContain('<i class="mark kind-1">B</i>');
});

test("more odd days than a reader looks at are counted", () => {
  const dates = kinds.dates.map((one) => ({ ...one, isOdd: true }));
  const section = sectionOf({ ...kindsView, kinds: { ...kinds, dates } });
  expect(section.match(/<li><i class="mark/g)).toHaveLength(5);
  expect(readIn("en", section)).toContain("and 22 before");
  expect(readIn("ja", section)).toContain("これより前に22日");
});

test("one kind only is said, and so is none where something is foretold", () => {
  const [one] = kinds.kinds;
  const single = sectionOf({ ...kindsView, kinds: { ...kinds, kinds: one ? [one] : [] } });
  expect(readIn("en", single)).toContain("There is one kind: all days go alike");
  expect(readIn("ja", single)).toContain("パターンは1種類です");
  const place: PlaceForecast = { place: "", today: undefined, days: [], past: [] };
  const none = sectionOf({ places: [place], clusters: [] });
  expect(readIn("en", none)).toContain("None are told yet: it takes four weeks of days that were counted whole");
  expect(readIn("ja", none)).toContain("まだ分類できません");
  expect(sectionOf({ places: [], clusters: [] })).toBe("");
});

test("a kind without people, or without a profile, costs no page", () => {
  const [one] = kinds.kinds;
  const empty = {
    ...kinds,
    kinds: one
      ? [
          { ...one, profile: [] },
          { ...one, id: 2, profile: new Array(24).fill(0) },
        ]
      : [],
  };
  const section = sectionOf({ ...kindsView, kinds: empty });
  expect(section).not.toMatch(/NaN|Infinity|undefined/);
  expect(section.match(/<svg/g)).toHaveLength(1);
});

test("zones that are used alike stand together, by the names of the page; who differs or moved is told", () => {
  const section = zonesSection(kindsView, (place) => place.slice("cam-02/side/".length))?.text ?? "";
  expect(readIn("en", section)).toContain(
    "Zone evening cafe till (differs from its kind) Zone lunchtime shelf bench (of another kind in the run before)",
  );
  expect(readIn("ja", section)).toContain("エリア 昼型 shelf bench（前回は別のグループ）");
  const alike = (kindsView.zones ?? []).map((zone) => ({ ...zone, cluster: 1, clusters: 1 }));
  expect(zonesSection({ ...kindsView, zones: alike }, String)).toBeUndefined();
});

test("the store's page has both, with a zone's own name", () => {
  const page = markupOf(renderStorePage(kindsData));
  expect(page).toContain('<section id="kinds">');
  expect(page).toContain("<li>新商品コーナー</li>");
  const past = { ...kindsData, range: { from: "2026-10-01", to: addDays("2026-11-23", -1) } };
  expect(markupOf(renderStorePage(past))).not.toContain('id="kinds"');
});
