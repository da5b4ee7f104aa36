import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { renderIndexPage } from "../../../../cloud-ingest/dashboards/page/index-page.ts";
import { renderStorePage } from "../../../../cloud-ingest/dashboards/page/store-page.ts";
import { MAX_TARGETS } from "../../../../cloud-ingest/report/store-hours.ts";
import type { TrafficRow } from "../../../../cloud-ingest/warehouse/port.ts";
import { demoWindows, shopDay, shopHours, tokyoStore, trafficRow } from "../../../support/sample-traffic.ts";
import { chartsOf, demoData, emptyData, markupOf, shopData } from "../pages.ts";

const whole = (state: string) => (state === "o" ? "observed" : state);

describe("a shop's day", () => {
  const page = renderStorePage(shopData);
  const markup = markupOf(page);
  const chosen = markup.slice(markup.indexOf('class="day chosen"'), markup.indexOf('class="period"'));

  test("shows today's numbers, with both languages", () => {
    expect(chosen).toMatch(
      /<span lang="ja">2026年11月23日\(月\)<.span><span lang="en">Monday,? 23 November 2026<.span>/,
    );
    expect(chosen).toContain("<b>318</b>");
    expect(chosen).toContain("新商品コーナー");
    expect(chosen).toContain('<span lang="ja">14秒</span><span lang="en">14 s</span>');
  });

  test("a day that was watched too little is not compared: it says how much and what is missing", () => {
    expect(chosen).toContain("Only 8 h 31 min of 10 h watched. No data 13:00–14:00.");
    expect(chosen).not.toContain("▲");
  });

  test("compares with the same weekday, and shows the number of then", () => {
    const whole = markupOf(renderStorePage({ ...shopData, hourly: shopHours("2026-11-23", 35) }));
    expect(whole.slice(whole.indexOf('class="day chosen"'))).toContain("<b>▲ 4%</b> <span");
    expect(whole).toMatch(/vs Mon 16 Nov: \d{3}</);
  });

  test("an hour without data is null with a state, never zero", () => {
    const today = chartsOf(page)[6 * 3];
    expect(today?.states).toEqual(["closed", ..."ooo", "none", "partial", ..."ooooo", "closed"].map(whole));
    expect(today?.series[0]?.values[4]).toBeNull();
  });

  test("its table holds what its chart holds", () => {
    const table = chosen.slice(chosen.indexOf("<tbody>"), chosen.indexOf("</tbody>"));
    expect(table.match(/<tr/g)).toHaveLength(12);
    const values = chartsOf(page)[6 * 3]?.series[0]?.values ?? [];
    for (const value of values) if (value !== null) expect(table).toContain(`<td>${value}</td>`);
    expect(table.match(/No data/g)).toHaveLength(1);
  });

  test("a silent device is told at the top and in the list", () => {
    expect(markup).toContain("cam-02 has been silent since Mon 23 Nov 18:21. Counts may be missing.");
    expect(markup).toContain("cam-02 が 11/23(月) 18:21 から応答なしです。");
    expect(markup).toContain('<b class="state silent">');
    expect(markup).toContain("2 hr ago");
  });

  test("a device heard of in a time to come, told by a clock that was ahead, is silent, and no such time is shown", () => {
    const devices = shopData.devices.map((device) => ({ ...device, lastSeenAt: "2032-12-04T18:00:00Z" }));
    const ahead = markupOf(renderStorePage({ ...shopData, devices }));
    expect(ahead).toContain('<b class="state silent">');
    expect(ahead).toContain("cam-01 has been silent since Mon 23 Nov 20:30");
    expect(ahead).not.toContain("4 Dec");
  });

  test("every canvas has a name that exists, and ids are unique", () => {
    const ids = [...markup.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, names] of markup.matchAll(/aria-labelledby="([^"]+)"/g))
      for (const name of names?.split(" ") ?? []) expect(ids).toContain(name);
    expect(markup.match(/<canvas role="img" aria-labelledby=/g)).toHaveLength(chartsOf(page).length);
  });

  test("no tooltip turns an unseen hour into 0", () => expect(page).toContain('item.raw === null ? "–"'));

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
    expect(markupOf(page)).toContain('<span lang="ja">10秒ごと</span><span lang="en">Every 10 s</span>');
    expect(markupOf(page)).toContain("14:02:30–14:03:50");
  });
});

test("a date of which some data cannot be read is named, in both languages", () => {
  const markup = markupOf(renderStorePage({ ...shopData, unreadable: ["2026-11-20"] }));
  expect(markup).toMatch(/Some data of Fri,? 20 Nov 2026 cannot be read now\./);
  expect(markup).toContain("2026/11/20(金)のデータの一部を現在読み取れません。");
  expect(markupOf(renderStorePage(shopData))).not.toContain("cannot be read now");
});

describe("very many lines", () => {
  /** Two days of so many lines; line 17 counts most. */
  const linesOf = (lines: number) =>
    Array.from({ length: lines }, (_, line) =>
      ["2026-11-22", "2026-11-23"].map((date) =>
        trafficRow({
          localStart: `${date}T10:00:00`,
          targetId: `l${line}`,
          targetName: `l${line}`,
          in: line === 17 ? 9 : 1,
        }),
      ),
    ).flat();

  test("the page shows some of them, those that count most, and says how many it leaves out", () => {
    const page = renderStorePage({ ...emptyData, hourly: linesOf(5_000), daily: linesOf(5_000) });
    const markup = markupOf(page);
    expect(markup.match(/<article class="card target">/g)).toHaveLength(3 * MAX_TARGETS);
    expect(markup).toContain("Only the 60 lines and zones with the highest counts are shown; 4,940 more are left out.");
    expect(markup).toContain("ほかの 4,940 か所は省略しました。");
    expect(markup).toContain("</span>l17</h3>");
    expect(page.length).toBeLessThan(6_000_000);
    expect(markupOf(renderStorePage({ ...emptyData, hourly: linesOf(60) }))).not.toContain("left out");
  });

  test("ten times as many rows are looked at ten times as often, not a hundred times", () => {
    let looks = 0;
    const watched = (rows: readonly TrafficRow[]) =>
      rows.map(
        (row) =>
          new Proxy(row, {
            get: (target, name) => {
              looks += 1;
              return Reflect.get(target, name);
            },
          }),
      );
    const looksAt = (lines: number) => {
      looks = 0;
      renderStorePage({ ...emptyData, hourly: watched(linesOf(lines)), daily: watched(linesOf(lines)) });
      return looks;
    };
    expect(looksAt(5_000) / looksAt(500)).toBeLessThan(12);
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
    const report = {
      ...emptyData,
      store: { ...tokyoStore, name: evil },
      hourly: [...shopDay("2026-11-22"), ...shopDay("2026-11-23")].map((row) => ({ ...row, ...names })),
      windows: demoWindows().map((row) => ({ ...row, ...names })),
      devices: [
        { deviceId: evil, online: true, lastSeenAt: "2026-11-23T11:29:40Z", agentVersion: evil, modelName: evil },
      ],
    };
    const page = renderStorePage(report, { csv: `x.csv?${evil}`, index: evil });
    expect(page).not.toContain("<img");
    expect(markupOf(page)).not.toContain("<!--");
    expect(chartsOf(page).length).toBeGreaterThan(0);
  });

  test("in the index too", () => {
    const page = renderIndexPage([{ ...tokyoStore, name: evil, tenant: evil }]);
    expect(page).not.toContain("<img");
  });
});
