import { html } from "../html.ts";
import { inBoth, type Language, say } from "../text/language.ts";
import { pageShell } from "./page-shell.ts";

/** A page that says why there is nothing to show, with a way back to the stores. */
export function renderNoticePage(notice: (language: Language) => string): string {
  const body = html`<header><div class="bar"><span class="brand">Kazoe <small>数え</small></span><span class="tools">
<button type="button" id="language" class="tool"><span lang="ja">English</span><span lang="en">日本語</span></button></span></div></header>
<main><h1>${say(notice)}</h1><p><a href="/">${say((l) => l.texts.allStores)}</a></p></main>`;
  return pageShell({ title: inBoth(() => "Kazoe"), body, hasCharts: false });
}
