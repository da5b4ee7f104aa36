import { debugHook, judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import { dateOf, trafficFolder } from "./data.ts";
import { FAULTS, inject } from "./faults.ts";
import { panelsOf } from "./quality-bench.ts";
import { Random } from "./random.ts";
import { deviceDays } from "./score.ts";

const data = await panelsOf(trafficFolder()!);
const panel = data[process.argv[2] as "fukui"];
const per = panel.step === "day" ? 1 : 24;
const clean = judgePanel(panel);
for (const st of debugHook.all)
  console.log(
    st.name,
    "sigma",
    [...st.sigma]
      .filter(Number.isFinite)
      .sort((a, b) => a - b)
      [st.days >> 1]?.toFixed(3),
    "slow",
    st.slowSigma.toFixed(3),
    "k",
    st.dispersion.toFixed(1),
    st.siblings.map((i) => debugHook.all[i]!.name).join(";"),
  );
if (process.argv[3] === "clean")
  for (const f of clean.flags)
    if (f.kind === "device" && f.rule !== "gap")
      console.log(
        f.series,
        f.rule,
        dateOf(panel, Math.floor(f.from / per)),
        dateOf(panel, Math.floor((f.to - 1) / per)),
        JSON.stringify(f.evidence),
      );
const { panel: bad, injected } = inject(
  panel,
  new Random(11),
  FAULTS.filter((f) => f !== "clock" || per > 1),
);
const j = judgePanel(bad);
for (const one of injected) {
  const name = bad.names[one.series]!;
  const n = deviceDays(bad, j.flags, name).slice(one.from, one.to).filter(Boolean).length;
  console.log(
    one.fault,
    name,
    dateOf(bad, one.from),
    one.from,
    one.to,
    "found",
    n,
    "::",
    j.flags
      .filter(
        (f) => f.series === name && f.from / per < one.to + 14 && f.to / per > one.from - 14 && f.rule !== "calendar",
      )
      .map((f) => `${f.rule} ${f.kind[0]} ${f.from / per}-${f.to / per}`)
      .join(" | "),
  );
}
