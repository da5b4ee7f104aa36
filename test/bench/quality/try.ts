import { holidayNotes } from "../../../cloud-ingest/quality/holiday-notes.ts";
import { debugHook, judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import { dateOf, melbourne4, melbourne39, panelOf, pick, trafficFolder } from "./data.ts";
import { inject, reverse, withDirections } from "./faults.ts";
import { Random } from "./random.ts";
import { deviceDays, precision, recall, scoreOf } from "./score.ts";

const folder = trafficFolder()!;
const notes = holidayNotes("AU-VIC", "2012-01-01", 2196);
const rows = melbourne39(folder);
const panels = {
  m28: panelOf(rows, { step: "hour", from: "2013-10-21", to: "2015-02-28", complete: 0.85, notes }),
  m12: panelOf(rows, { step: "hour", from: "2012-01-01", to: "2013-10-20", complete: 0.85, notes }),
  m4: panelOf(melbourne4(folder), { step: "hour", from: "2015-01-01", to: "2016-12-31", notes }),
};
const which = process.argv[2]?.split(",") ?? ["m28", "m12"];
for (const key of which) {
  const panel = panels[key as keyof typeof panels];
  console.log(key, panel.names.length, panel.days);
  const t = Date.now();
  const clean = judgePanel(panel);
  console.log("ms/series", (Date.now() - t) / panel.names.length);
  const s = scoreOf(panel, clean, { injected: [] });
  if (process.argv[3] === "s")
    for (const st of debugHook.all)
      console.log(
        st.name.padEnd(40),
        [...st.sigma]
          .filter(Number.isFinite)
          .sort((a, b) => a - b)
          [st.days >> 1]?.toFixed(3),
        st.slowSigma.toFixed(3),
        st.siblings.length,
      );

  console.log("clean FP", s.falsePositives, "of", s.deviceDays, Object.fromEntries(s.falseByRule));
  if (process.argv[3] === "v")
    for (const f of clean.flags)
      if (f.kind === "device" && f.rule !== "gap")
        console.log(
          f.series,
          f.rule,
          dateOf(panel, Math.floor(f.from / 24)),
          dateOf(panel, Math.floor((f.to - 1) / 24)),
          JSON.stringify(f.evidence),
        );
  for (const seed of [1, 2]) {
    const { panel: bad, injected } = inject(panel, new Random(seed));
    const j = judgePanel(bad);
    const r = scoreOf(bad, j, { injected });
    if (process.argv[3] === "f")
      for (const one of injected) {
        const rules = deviceDays(bad, j.flags, bad.names[one.series]!).slice(one.from, one.to);
        const n = rules.filter(Boolean).length;
        if (n < 0.8 * rules.length)
          console.log("miss", one.fault, bad.names[one.series], dateOf(bad, one.from), rules.length, "found", n);
      }
    if (process.argv[3] === "d")
      for (const one of injected) {
        if (one.fault !== "drift" && one.fault !== "half") continue;
        const hits = j.flags.filter(
          (f) =>
            f.series === bad.names[one.series] &&
            f.kind === "device" &&
            f.rule !== "gap" &&
            f.from / 24 < one.to + 14 &&
            f.to / 24 > one.from - 14,
        );
        console.log(
          one.fault,
          bad.names[one.series],
          one.from,
          one.to,
          "::",
          hits
            .map((f) => `${f.rule} ${f.from / 24}-${f.to / 24} ${(f.evidence.perDay ?? f.evidence.ratio)?.toFixed(3)}`)
            .join(" | "),
        );
      }
    if (process.argv[3] === "e")
      for (const f of j.flags) {
        if (f.kind !== "device" || !("spread" in f.evidence)) continue;
        const i = bad.names.indexOf(f.series);
        const hit = injected.find((x) => x.series === i && x.from * 24 < f.to && f.from < x.to * 24);
        const e = f.evidence;
        console.log(
          hit?.fault ?? "FALSE",
          f.rule,
          (f.to - f.from) / 24,
          "ratio",
          (e.ratio ?? e.perDay)!.toFixed(3),
          "nats",
          e.nats!.toFixed(0),
          "spread",
          e.spread!.toFixed(3),
          "before",
          e.before!.toFixed(3),
          f.series,
        );
      }
    console.log(
      "P",
      precision(r).toFixed(3),
      "R",
      recall(r).toFixed(3),
      [...r.byFault].map(([k, v]) => `${k} ${(v.found / v.all).toFixed(3)} of ${v.all}`).join("; "),
      Object.fromEntries(r.falseByRule),
    );
  }
  const pairs = withDirections(
    pick(panel, (i) => i < 8),
    new Random(3),
  );
  const { panel: bad, injected } = reverse(pairs, new Random(4));
  const r = scoreOf(bad, judgePanel(bad), { injected });
  console.log("reversed P", precision(r).toFixed(3), "R", recall(r).toFixed(3), Object.fromEntries(r.falseByRule));
}
