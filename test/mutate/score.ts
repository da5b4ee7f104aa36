import { readFile } from "node:fs/promises";
import { isDrawn, SHARE } from "./sample.ts";

// Prints the score of a mutation run by folder, from what StrykerJS wrote down, and fails below `LEAST_PERCENT`.

const LEAST_PERCENT = 85;
const NOTICED: readonly string[] = ["Killed", "Timeout"];
const MISSED: readonly string[] = ["Survived", "NoCoverage"];

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { id: string; status: string }[] }>>;
}

interface Row {
  readonly place: string;
  readonly noticed: number;
  readonly missed: number;
}

const report: Report = JSON.parse(await readFile(".stryker-tmp/mutation.json", "utf8"));
const rows = Object.entries(report.files).map(([file, { mutants }]): Row => {
  const drawn = mutants.filter(({ id }) => isDrawn(id));
  const count = (statuses: readonly string[]) => drawn.filter(({ status }) => statuses.includes(status)).length;
  return { place: file, noticed: count(NOTICED), missed: count(MISSED) };
});
const total = sumOf("all", rows);
for (const row of [...rows.filter(({ noticed, missed }) => noticed + missed > 0), total]) console.log(lineOf(row));
if (SHARE < 1)
  console.log(`${100 * SHARE} % of the mutants were drawn; the score is known to +- ${doubt(total)} points (95 %).`);
process.exit(percentOf(total) >= LEAST_PERCENT ? 0 : 1);

function sumOf(place: string, of: readonly Row[]): Row {
  const sum = (key: "noticed" | "missed") => of.reduce((all, row) => all + row[key], 0);
  return { place, noticed: sum("noticed"), missed: sum("missed") };
}

function percentOf({ noticed, missed }: Row): number {
  return noticed + missed === 0 ? 100 : (100 * noticed) / (noticed + missed);
}

function lineOf(row: Row): string {
  return `${percentOf(row).toFixed(1).padStart(5)} %  ${row.noticed} of ${row.noticed + row.missed} noticed  ${row.place}`;
}

/** 1.96 standard errors of a share, in percent; two of each kind added, so that it means something for few too (Agresti and Coull, 1998). */
function doubt({ noticed, missed }: Row): string {
  const drawn = noticed + missed + 4;
  const share = (noticed + 2) / drawn;
  return (196 * Math.sqrt((share * (1 - share)) / drawn)).toFixed(1);
}
