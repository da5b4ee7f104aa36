import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
// playwright-core: drives the Chromium of the machine over DevTools, with taps, reloads and colour schemes; it brings no browser.
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** The machine's own; undefined where there is none, and then suites say that they were skipped. */
export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

// axe-core: the rules for accessible pages that others check by too. It runs inside the page.
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** A browser without a window. Needs `CHROMIUM`. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox", "--disable-gpu"] });
}

/** A phone and a desk. */
export const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1280, height: 900 } },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

/** What axe finds against WCAG 2.2 AA and its own best practices: `rule: element`, each once. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // Not by a tag of ours: the page's policy runs no script but its own.
  await page.evaluate(await readAxe());
  const found: readonly Violation[] = await page.evaluate("axe.run().then(({ violations }) => violations)");
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`),
  );
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

let axeText: Promise<string> | undefined;

function readAxe(): Promise<string> {
  axeText ??= readFile(AXE, "utf8");
  return axeText;
}

/** By how many pixels a page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
