import { createHash } from "node:crypto";
import { chartLibrary } from "../chart/chart-library.ts";
import { CHART_SCRIPT } from "../chart/chart-script.ts";
import { type Html, html, rawHtml } from "../html.ts";
import { PAGE_SCRIPT, START_SCRIPT } from "./client-scripts.ts";
import { STYLE_SHEET } from "./style-sheet.ts";

/** A page without its frame. */
export interface Page {
  readonly title: { readonly ja: string; readonly en: string };
  readonly body: Html;
  readonly hasCharts: boolean;
  /** When its numbers were read; a live page loads itself again. */
  readonly made?: { readonly at: Date; readonly isLive: boolean };
}

/** The whole document: policy, style, body, scripts. */
export function pageShell({ title, body, hasCharts, made }: Page): string {
  const chartScripts = hasCharts ? html`${script(chartLibrary())}${script(CHART_SCRIPT)}` : undefined;
  return html`<!doctype html>
<html lang="ja" data-title-ja="${title.ja}" data-title-en="${title.en}" data-made="${made?.at.toISOString()}" data-live="${String(made?.isLive ?? false)}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><meta name="format-detection" content="telephone=no">
<link rel="icon" href="data:,"><title>${title.ja}</title>
<style>${rawHtml(STYLE_SHEET)}</style>${script(START_SCRIPT)}</head>
<body>${body}
${chartScripts}${script(PAGE_SCRIPT)}</body></html>
`.text;
}

/** The content security policy of every page: nothing from outside, no script or style but ours. */
export function contentPolicy(): string {
  const scripts = [START_SCRIPT, chartLibrary(), CHART_SCRIPT, PAGE_SCRIPT].map(hashSource).join(" ");
  const parts = [`script-src ${scripts}`, `style-src ${hashSource(STYLE_SHEET)}`, "img-src data:"];
  return ["default-src 'none'", ...parts, "base-uri 'none'", "form-action 'self'"].join("; ");
}

function script(code: string): Html {
  return rawHtml(`<script>${code}</script>`);
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
