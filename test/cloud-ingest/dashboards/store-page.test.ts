import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { renderIndexPage } from "../../../cloud-ingest/dashboards/index-page.ts";
import { renderStorePage } from "../../../cloud-ingest/dashboards/store-page.ts";
import { demoWindows, shopDay, tokyoStore, trafficRow } from "../../support/sample-traffic.ts";
import { chartsOf, demoData, emptyData, markupOf, shopData } from "./pages.ts";

describe("a shop's day", () => {
  const page = renderStorePage(shopData);
  const markup = markupOf(page);
  const chosen = markup.slice(markup.indexOf('class="day chosen"'), markup.indexOf('class="period"'));

  test("shows today's numbers, with both languages", () => {
    expect(chosen).toMatch(
      /<span lang="ja">2026年11月23日月曜日<.span><span lang="en">Monday,? 23 November 2026<.span>/,
    );
    expect(chosen).toContain("<b>318</b>");
    expect(chosen).toContain("新商品コーナー");
    expect(chosen).toContain('<span lang="ja">14秒</span><span lang="en">14 s</span>');
  });

  test("compares with the same weekday over the hours watched on both days", () => {
    expect(chosen).toContain("vs Mon 16 Nov, same 8\u00a0h");
  });

  test("an hour without data is null with a state, never zero", () => {
    const today = chartsOf(page)[6 * 3];
    expect(today?.states[13]).toBe("none");
    expect(today?.series[0]?.values[13]).toBeNull();
    expect(today?.states[14]).toBe("partial");
    expect(today?.states[3]).toBe("none");
    expect(today?.states[22]).toBe("upcoming");
  });

  test("its table holds what its chart holds", () => {
    const table = chosen.slice(chosen.indexOf("<tbody>"), chosen.indexOf("</tbody>"));
    expect(table.match(/<tr/g)).toHaveLength(24);
    const values = chartsOf(page)[6 * 3]?.series[0]?.values ?? [];
    for (const value of values) if (value !== null) expect(table).toContain(`<td>${value}</td>`);
    expect(table.match(/No data/g)).toHaveLength(values.filter((value) => value === null).length - 3);
  });

  test("a silent device is told at the top and in the list", () => {
    expect(markup).toContain("Devices offline or silent: 1.");
    expect(markup).toContain('<b class="state silent">');
    expect(markup).toContain("2 hr ago");
  });

  test("every canvas has a name that exists, and ids are unique", () => {
    const ids = [...markup.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of markup.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
    expect(markup.match(/<canvas role="img" aria-labelledby=/g)).toHaveLength(chartsOf(page).length);
  });

  test("loads nothing from anywhere and runs only the scripts that its policy names", () => {
    expect(markup).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toContain("sourceMappingURL");
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]?.replaceAll("&#39;", "'") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    for (const [, code] of page.matchAll(/<(?:script|style)>(.*?)<\/(?:script|style)>/gs))
      expect(policy).toContain(
        createHash("sha256")
          .update(code ?? "")
          .digest("base64"),
      );
    expect(markup).not.toMatch(/ (style|on[a-z]+)=/);
  });

  test("is small enough for a phone", () => expect(page.length).toBeLessThan(500_000));
});

describe("which day", () => {
  const chosenOf = (generatedAt: string) =>
    /class="day chosen" data-day="([^"]+)"/.exec(
      renderStorePage({ ...shopData, generatedAt: new Date(generatedAt) }),
    )?.[1];

  test("before noon the complete day, after noon today", () => {
    expect(chosenOf("2026-11-22T23:30:00Z")).toBe("2026-11-22");
    expect(chosenOf("2026-11-23T03:30:00Z")).toBe("2026-11-23");
  });

  test("a day without counts between others is there and says so", () => {
    const hourly = [...shopDay("2026-11-21"), ...shopDay("2026-11-23")];
    const page = markupOf(renderStorePage({ ...emptyData, hourly }));
    expect(page).toContain('data-day="2026-11-22"');
    expect(page).toContain("Nothing was counted on this day");
  });
});

describe("the demo", () => {
  const page = renderStorePage(demoData);

  test("80 seconds are eight bars, not one", () => {
    const [street] = chartsOf(page);
    expect(street?.series[0]?.values).toEqual([2, 1, 3, 0, 4, 2, 1, 2]);
    expect(markupOf(page)).toContain('<span lang="ja">10秒ごと</span><span lang="en">By 10 s</span>');
    expect(markupOf(page)).toContain("14:02:30 – 14:03:50");
  });

  test("hours that are rolled up win over windows, so nothing is counted twice", () => {
    const hourly = [trafficRow({ localStart: "2026-11-23T14:00:00", deviceId: "demo", in: 15, observedS: 80 })];
    expect(markupOf(renderStorePage({ ...demoData, hourly }))).toContain("<b>15</b>");
  });
});

describe("nothing yet", () => {
  test("helps, in both languages, and carries no chart library", () => {
    const page = renderStorePage(emptyData);
    expect(page).toContain("No counts yet");
    expect(page).toContain("まだデータがありません");
    expect(page).toContain("No device of this store has been heard of yet.");
    expect(page.length).toBeLessThan(40_000);
  });
});

describe("hostile names", () => {
  const evil = `</script><img src=x onerror=alert(1)>"'\`&<!--`;

  test("stay text wherever they come from", () => {
    const names = { targetName: evil, deviceId: evil, cameraId: evil };
    const page = renderStorePage({
      ...emptyData,
      store: { ...tokyoStore, name: evil },
      hourly: [...shopDay("2026-11-22"), ...shopDay("2026-11-23")].map((row) => ({ ...row, ...names })),
      windows: demoWindows().map((row) => ({ ...row, ...names })),
      devices: [
        { deviceId: evil, online: true, lastSeenAt: "2026-11-23T11:29:40Z", agentVersion: evil, modelName: evil },
      ],
      links: { csv: `x.csv?${evil}`, index: evil },
    });
    expect(page).not.toContain("<img");
    expect(markupOf(page)).not.toContain("<!--");
    expect(chartsOf(page).length).toBeGreaterThan(0);
  });

  test("in the index too", () => {
    const page = renderIndexPage([{ ...tokyoStore, name: evil, tenant: evil }]);
    expect(page).not.toContain("<img");
  });
});
