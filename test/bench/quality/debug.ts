import { holidayNotes } from "../../../cloud-ingest/quality/holiday-notes.ts";
import { debugHook, judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import { dateOf, melbourne39, panelOf, trafficFolder } from "./data.ts";
import { inject } from "./faults.ts";
import { Random } from "./random.ts";

const notes = holidayNotes("AU-VIC", "2012-01-01", 2196);
const panel = panelOf(melbourne39(trafficFolder()!), {
  step: "hour",
  from: "2012-01-01",
  to: "2013-10-20",
  complete: 0.85,
  notes,
});
const { panel: bad, injected } = inject(panel, new Random(Number(process.argv[2])));
const j = judgePanel(bad);
const name = process.argv[3]!;
const i = bad.names.indexOf(name);
const st = debugHook.all[i]!;
console.log(
  st.siblings.map((s) => bad.names[s]),
  st.slowSigma,
  st.dispersion,
);
for (let d = 0; d < bad.days; d++) {
  const date = dateOf(bad, d);
  if (date < process.argv[4]! || date > process.argv[5]!) continue;
  const f = injected.find((x) => x.series === i && x.from <= d && d < x.to);
  console.log(
    date,
    st.own[d]!.toFixed(2),
    st.common[d]!.toFixed(2),
    (st.own[d]! - st.common[d]!).toFixed(2),
    st.sigma[d]!.toFixed(2),
    st.isDoubted[d],
    st.calendar[d],
    f?.fault ?? "",
    st.siblings.map((s) => debugHook.all[s]!.own[d]!.toFixed(2)).join(" "),
  );
}
console.log(st.levels, j.flags.filter((f) => f.series === name).length);
