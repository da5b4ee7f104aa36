import { trafficFolder } from "./data.ts";
import { falseAlarmLines } from "./false-alarms.ts";
import { injectedTable } from "./injected.ts";
import { groupsOf, innocents, panelsOf, underCounts } from "./quality-bench.ts";
import { fukuiLines } from "./real-cases.ts";

const data = await panelsOf(trafficFolder()!);
for (const what of process.argv[2]!.split(",")) {
  if (/^\d$/.test(what)) console.log(injectedTable([groupsOf(data)[Number(what)]!]).join("\n"));
  if (what === "u") console.log(underCounts(data).join("\n"));
  if (what === "f") console.log(fukuiLines(data.fukui).join("\n"));
  if (what === "a") console.log(falseAlarmLines(data.later).join("\n"));
  if (what === "i") console.log(innocents(data).join("\n"));
}
