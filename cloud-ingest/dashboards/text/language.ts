import { type Html, html } from "../html.ts";
import { createFormat, type Format } from "./format.ts";
import type { Texts } from "./texts.ts";
import { english } from "./texts-en.ts";
import { japanese } from "./texts-ja.ts";

export interface Language {
  readonly tag: "ja" | "en";
  readonly texts: Texts;
  readonly format: Format;
}

const ja: Language = {
  tag: "ja",
  texts: japanese,
  format: createFormat("ja-JP", {
    month: "numeric",
    weekday: "short",
    justNow: "たった今",
    hour: "時間",
    minute: "分",
    second: "秒",
  }),
};

const en: Language = {
  tag: "en",
  texts: english,
  format: createFormat("en-GB", {
    month: "short",
    weekday: "long",
    justNow: "just now",
    hour: " h",
    minute: " min",
    second: " s",
  }),
};

/** The languages that every page carries. */
export const LANGUAGES: readonly Language[] = [ja, en];

/** The same thing in both languages, for scripts; once when they agree. */
export function inBoth<T>(say: (language: Language) => T): { readonly ja: T; readonly en: T } {
  return { ja: say(ja), en: say(en) };
}

/** A text in both languages, of which the style sheet shows one; once when they agree. */
export function say(text: (language: Language) => string): Html {
  const both = inBoth(text);
  if (both.ja === both.en) return html`${both.ja}`;
  return html`<span lang="ja">${both.ja}</span><span lang="en">${both.en}</span>`;
}
