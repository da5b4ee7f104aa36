import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { renderStorePage } from "../../../cloud-ingest/dashboards/page/store-page.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { demoData, emptyData, kindsData, shopData } from "./pages.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"];
const QUIET = ["--disable-background-networking", "--enable-logging=stderr", "--dump-dom"];
const run = promisify(execFile);
if (!CHROMIUM) console.warn("skipped: no Chromium to open the pages with");

const cases = [
  { name: "shop", data: shopData, charts: 6 },
  { name: "kinds of days", data: kindsData, charts: 6 },
  { name: "demo", data: demoData, charts: 2 },
  { name: "empty", data: emptyData, charts: 0 },
].flatMap((one) => [
  { ...one, width: 390, query: "lang=ja&theme=dark" },
  { ...one, width: 1280, query: "lang=en" },
]);

test.skipIf(!CHROMIUM).each(cases)("$name at $width px ($query): charts drawn, no overflow, no error", async (one) => {
  const dir = await tempDir();
  const file = join(dir, "page.html");
  await writeFile(file, renderStorePage(one.data));
  const url = `${pathToFileURL(file)}?${one.query}`;
  const args = [...FLAGS, ...QUIET, `--user-data-dir=${dir}/profile`, `--window-size=${one.width},900`, url];
  const { stdout, stderr } = await run(CHROMIUM ?? "", args, { maxBuffer: 32 << 20 });
  const root = /<html[^>]*>/.exec(stdout)?.[0] ?? "";
  expect(root).toContain(`lang="${one.query.slice(5, 7)}"`);
  expect(root).toContain(`data-ready="${one.charts}"`);
  expect(root).toContain('data-overflow="0"');
  expect(root).not.toContain("data-error");
  expect(stderr).not.toContain("CONSOLE");
});
