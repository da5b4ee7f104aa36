import { expect, test } from "vitest";
import { LANGUAGES } from "../../../../cloud-ingest/dashboards/text/language.ts";
import { LEVEL_RULES, ROW_RULES, SLOT_RULES, WORLD_RULES } from "../../../../cloud-ingest/quality/rules/rules.ts";
import { WORD_RULE } from "../../../../cloud-ingest/quality/verdicts.ts";

const [japanese, english] = LANGUAGES;
const said = (value: unknown) => (typeof value === "function" ? String(value("#1", "#2", "#3")) : String(value));
const entries = Object.entries(english!.texts).map(([key, value]) => ({ key, value }));

test.each(entries)("$key is said in both languages, with the same facts", ({ key, value }) => {
  const other = Object.entries(japanese!.texts).find(([name]) => name === key)?.[1];
  if (key !== "times") expect(said(value)).not.toBe("");
  expect(said(other)).not.toBe("");
  for (const fact of ["#1", "#2", "#3"]) {
    if (typeof value === "function" && said(value).includes(fact)) expect(said(other)).toContain(fact);
  }
});

test("Japanese is Japanese", () => {
  const { rules, viewFaults, ...texts } = japanese!.texts;
  for (const [key, value] of [texts, rules, viewFaults].flatMap((one) => Object.entries(one))) {
    if (key !== "noChange" && key !== "comma" && key !== "amount" && key !== "column")
      expect(said(value), key).toMatch(/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u);
  }
});

test("each rule of the quality job has its reason in both languages", () => {
  const names = [
    "missing",
    WORD_RULE.name,
    ...[...ROW_RULES, ...SLOT_RULES, ...LEVEL_RULES, ...WORLD_RULES].map(({ name }) => name),
  ];
  for (const { texts } of LANGUAGES) expect(names.filter((name) => !texts.rules[name])).toEqual([]);
});

test.each([
  { seconds: 0, en: "0 s", ja: "0秒" },
  { seconds: 42.4, en: "42 s", ja: "42秒" },
  { seconds: 80, en: "1 min 20 s", ja: "1分20秒" },
  { seconds: 30_672, en: "8 h 31 min", ja: "8時間31分" },
])("$seconds s: $en, $ja", ({ seconds, en, ja }) => {
  expect(english!.format.duration(seconds)).toBe(en);
  expect(japanese!.format.duration(seconds)).toBe(ja);
});

test("a share is rounded down, so that 99.6 % is not all", () => {
  expect(english!.format.share(0.996)).toBe("99%");
  expect(english!.format.share(1)).toBe("100%");
});
