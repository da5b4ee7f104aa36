import { trafficFolder } from "../quality/data.ts";
import type { BenchResult } from "../result.ts";
import { backtestLines } from "./backtests.ts";
import { clusterLines } from "./clusters.ts";
import { covidLines } from "./covid.ts";
import { newcomerHourLines } from "./newcomer-hours.ts";
import { newcomerLines } from "./newcomers.ts";
import { peerLines } from "./peers.ts";
import { reopenedLines } from "./reopened.ts";
import { hourlySets } from "./sets.ts";
import { speedLines } from "./speed.ts";
import { strangerLines } from "./strangers.ts";
import { stretchLines } from "./stretches.ts";
import { todayLines } from "./today.ts";
import { todaySpeedLines } from "./today-speed.ts";

interface Part {
  readonly title: string;
  /** `isAsked`: by the name of a set. */
  readonly lines: (
    folder: string,
    note: (text: string) => void,
    isAsked: (set: string) => boolean,
  ) => Promise<string[]>;
  /** Whether sets of it can be chosen. */
  readonly hasSets?: boolean;
}

/** By the word that asks for it. */
const PARTS: Readonly<Record<string, Part>> = {
  backtests: { title: "Backtests", lines: backtestLines, hasSets: true },
  peers: { title: "Beside libraries, daily, origins as above", lines: peerLines, hasSets: true },
  covid: { title: "Melbourne's Town Hall 2020-11 to 2021-05, 15 origins, open days", lines: covidLines },
  lockdowns: { title: "Lockdowns made into other series, without trees", lines: reopenedLines },
  stretches: { title: "Some months at another level made into other series, without trees", lines: stretchLines },
  today: { title: "Today's total after four open hours", lines: todayLines },
  clusters: { title: "Clusters", lines: async (folder) => clusterLines(hourlySets(folder)[1]!.panel) },
  newcomers: {
    title: "New series, MASE of 28 dates and of 168 hours, without trees",
    lines: async (folder) => [
      ...(await newcomerLines(folder)),
      ...(await newcomerHourLines(folder)),
      ...(await strangerLines(folder)),
    ],
  },
  speed: { title: "Speed", lines: async () => [...(await speedLines()), ...(await todaySpeedLines())] },
};

/** All that the forecast promises, on the real series, origins as the protocol has them; `asked`: parts of it, by name, or sets of a part (`peers=fukui,taxis`). */
export async function runForecastBench(
  note: (text: string) => void,
  asked: readonly string[] = [],
): Promise<readonly BenchResult[]> {
  const wishes = new Map(asked.map((text) => wishOf(text)));
  const unknown = [...wishes].find(([name, words]) => !(name in PARTS) || (words.length > 0 && !PARTS[name]?.hasSets));
  if (unknown) return [{ name: "Forecast", lines: [refusal(unknown[0])] }];
  const folder = trafficFolder();
  const results: BenchResult[] = [];
  for (const [name, { title, lines }] of Object.entries(PARTS)) {
    const words = wishes.get(name);
    if (wishes.size > 0 && !words) continue;
    if (!folder && name !== "speed") continue;
    note(`${title} ...\n`);
    const isAsked = (set: string) => !words?.length || words.some((word) => set.toLowerCase().includes(word));
    results.push({ name: title, lines: await lines(folder ?? "", note, isAsked) });
  }
  if (folder) return results;
  const lines = ["The real series are not beside this checkout (../shared/data/traffic): only the speed is measured."];
  return [{ name: "Forecast", lines }, ...results];
}

function wishOf(text: string): [string, string[]] {
  const [name = "", sets = ""] = text.split("=");
  return [name, sets.toLowerCase().split(",").filter(Boolean)];
}

function refusal(name: string): string {
  if (name in PARTS) return `Part "${name}" has no sets to choose from.`;
  return `No part "${name}"; there are ${Object.keys(PARTS).join(", ")}.`;
}
