import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operationsBook } from "../../../cloud-ingest/operations-book.ts";
import { AlertsDesk } from "../../../cloud-ingest/operator/alerts-desk.ts";
import { Registry } from "../../../cloud-ingest/registry/registry.ts";
import { createApp } from "../../../cloud-ingest/server/create-app.ts";
import { axeFaults, CHROMIUM, openBrowser, overflowOf, SIZES } from "../../support/browser.ts";
import { illFleet } from "../../support/ill-fleet.ts";
import { instantRows } from "../../support/instant-rows.ts";
import { serverParts } from "./server-fixture.ts";

if (!CHROMIUM) console.warn("skipped: no Chromium to open the pages with");

/** Pictures for people to look at, where a folder is named. */
const PICTURES = process.env.KAZOE_PICTURES;
const DEVICES = 200;

interface Rig {
  readonly browser: Browser;
  readonly url: string;
  close(): Promise<void>;
}

/** The real server with the real desk of alerts behind it; a warehouse in memory. */
async function openRig(): Promise<Rig> {
  const parts = serverParts();
  const { warehouse, stores, clock } = parts;
  const { records, alerts } = await illFleet(DEVICES, clock.nowMs());
  warehouse.records = records;
  await warehouse.addAlerts("alert", alerts);
  const registry = async () => new Registry([], { holidays: () => new Map() });
  const config = { groupIntervalS: 60 } as never;
  const { rows } = instantRows(warehouse, stores, clock);
  const desk = new AlertsDesk({ warehouse, stores, devices: [], alerts: config, registry, rows, clock });
  const app = createApp({ ...parts, operations: operationsBook({ alerts: desk, warehouse }) });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const browser = await openBrowser();
  return { browser, url, close: async () => void (await Promise.all([browser.close(), app.close()])) };
}

const looks = (["phone", "desk"] as const).flatMap((size) =>
  (["ja", "en"] as const).flatMap((lang) => (["light", "dark"] as const).map((scheme) => ({ size, lang, scheme }))),
);
const pages = [
  { name: "operations", path: "/operations" },
  { name: "index", path: "/" },
  { name: "store", path: "/stores/acme/ginza" },
  { name: "quality", path: "/stores/acme/ginza/quality" },
  { name: "notice", path: "/stores/acme/none" },
];

describe.skipIf(!CHROMIUM)("in Chromium", { timeout: 120_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  }, 120_000);
  afterAll(() => rig?.close());

  /** A page as a person opens it, with what went wrong in it. */
  async function open({ path, size, lang, scheme }: { path: string } & (typeof looks)[number]) {
    const context = await rig.browser.newContext({ ...SIZES[size], colorScheme: scheme, locale: lang });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      // The page for what is not there is answered with 404, which the browser logs.
      if (message.type() === "error" && !message.text().includes("404")) errors.push(message.text());
    });
    await page.goto(`${rig.url}${path}`);
    return { page, errors, close: () => context.close() };
  }

  test.each(pages.flatMap((one) => looks.map((look) => ({ ...one, ...look }))))(
    "$name, $size, $lang, $scheme: axe finds nothing, nothing is wider than the window",
    async (one) => {
      const { page, errors, close } = await open(one);
      for (const more of await page.locator("details:visible > summary").all()) await more.click();
      expect(await page.evaluate("document.documentElement.lang")).toBe(one.lang);
      expect(await overflowOf(page)).toBe(0);
      await picture(page, `${one.name}-${one.size}-${one.lang}-${one.scheme}`);
      expect(await axeFaults(page)).toEqual([]);
      expect(errors).toEqual([]);
      await close();
    },
  );

  test.each(["phone", "desk"] as const)(
    "one tap acknowledges, one silences, and both survive a reload (%s)",
    async (size) => {
      const { page, errors, close } = await open({ path: "/operations", size, lang: "en", scheme: "light" });
      const cards = page.locator("article.alert");
      const [said, silent, other] = size === "phone" ? [0, 1, 2] : [2, 3, 1];
      const tap = async (card: number, word: string) => {
        const button = cards.nth(card).getByRole("button", { name: word });
        await (size === "phone" ? button.tap() : button.click());
        await page.waitForURL("**/operations");
      };
      await tap(said, "I act on it");
      await expect.poll(() => cards.nth(said).textContent()).toContain("local acts on it");
      await tap(silent, "Silent for 4 hours");
      await expect.poll(() => cards.nth(silent).textContent()).toContain("nobody is told: local");
      await page.reload();
      expect(await cards.nth(said).textContent()).toContain("local acts on it");
      expect(await cards.nth(silent).textContent()).toContain("nobody is told: local");
      expect(await cards.nth(other).textContent()).not.toContain(
        size === "phone" ? "local acts on it" : "local acts on it, too",
      );
      expect(errors).toEqual([]);
      await close();
    },
  );
});

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
