import type { Command } from "commander";
import type { ClusterReport } from "../../../cloud-ingest/cluster/report.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { assertApart, named } from "../../../firmware-config/kit/apart.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example, parsePath } from "../options.ts";
import { pictureFile, writePicture } from "../picture.ts";
import { createPatientProgress, type Progress, share } from "../progress.ts";
import { table } from "../tables.ts";

interface RunOptions {
  readonly series: string;
  readonly holidays?: string;
  readonly days?: string;
  readonly previous?: string;
  readonly segments?: string;
  readonly plot?: string;
  readonly raw?: boolean;
  readonly json?: boolean;
}

const FORMAT = `
Reads series,time,value: hourly, local time (ISO 8601, with or without an offset), gaps allowed. Series are compared by the share of
each of the 168 hours of the week; holidays, and counts that cannot be believed, are left out. How many people come is no part of it.
`;

export function registerClusterCommand(program: Command, context: CliContext): void {
  const cluster = program
    .command("cluster")
    .description("find stores, doors or zones whose weeks are alike, or a store's kinds of days");
  cluster
    .command("run")
    .description("cluster the series of a CSV file")
    .requiredOption("--series <file>", "CSV with the columns series,time,value; - for standard input", parsePath)
    .option("--holidays <place>", "public holidays of a country or state, such as JP, AU-VIC or US-NY")
    .option("--days <series>", "kinds of days of this series in place of kinds of series")
    .option(
      "--previous <file>",
      "what an earlier run printed with --json: clusters keep their ids, and moves are told",
      parsePath,
    )
    .option("--segments <file>", "CSV with the columns series,segment: your own segments, shown beside", parsePath)
    .option("--raw", "take all counts as they are, without judging them first")
    .option("--plot <file>", "picture of the clusters: .png, else SVG", parsePath)
    .option("--json", "print the clusters as JSON")
    .addHelpText(
      "after",
      `${FORMAT}${example("kazoe cluster run --series stores.csv --holidays JP --plot clusters.svg")}`,
    )
    .action((options: RunOptions) => runCluster(options, context));
}

async function runCluster(options: RunOptions, context: CliContext): Promise<void> {
  const { series, plot, previous, segments } = options;
  const { readSeries, STDIN } = await import("../../../cloud-ingest/quality/csv/read-series.ts");
  const { readPrevious, readSegments } = await import("../../../cloud-ingest/cluster/read-files.ts");
  const read = [
    { option: "--series", path: series },
    ...named("--previous", previous),
    ...named("--segments", segments),
  ];
  await assertApart(
    named("--plot", plot),
    read.filter(({ path }) => path !== STDIN),
  );
  const picture = await pictureFile(plot);
  const of = options.days === undefined ? "series" : "days";
  const earlier = previous === undefined ? undefined : await readPrevious(previous, of);
  const own = segments === undefined ? undefined : await readSegments(segments);
  const progress = createPatientProgress(context, "Clusters");
  try {
    const onBytes = (done: number, whole: number) => progress.update((share(done, whole) ?? 0) * 0.2, "reading");
    const { panel } = await readSeries(series, onBytes, stopSignal());
    const believed = await believedOf(await withHolidays(hourly(panel, series), options.holidays), options, progress);
    const onDone = (done: number) => progress.update(0.6 + 0.4 * done, "clustering");
    const report = await clustered(believed, options.days, { previous: earlier, segments: own, onDone });
    if (picture) {
      const { drawClusters } = await import("../../../cloud-ingest/cluster/draw-svg.ts");
      await writePicture(picture, () => drawClusters(report));
    }
    context.write(options.json ? `${JSON.stringify(report)}\n` : texts(report));
  } finally {
    progress.stop();
  }
}

function hourly(panel: Panel, file: string): Panel {
  if (panel.step === "hour") return panel;
  throw new AppError(`${file} is daily: a week's shape needs hours`, {
    code: "USAGE",
    hint: "Give hourly counts, with times such as 2026-11-27T13:00.",
  });
}

async function withHolidays(panel: Panel, place: string | undefined): Promise<Panel> {
  if (place === undefined) return panel;
  const { holidayNotes } = await import("../../../cloud-ingest/quality/holiday-notes.ts");
  return { ...panel, notes: holidayNotes(place, panel.from, panel.days) };
}

/** NaN where a count is not believed; negative numbers stay, for who clusters says so. */
async function believedOf(panel: Panel, { raw }: RunOptions, progress: Progress): Promise<Panel> {
  if (raw) return panel;
  const { judgePanel } = await import("../../../cloud-ingest/quality/judge-panel.ts");
  const { isMissing } = judgePanel(panel, (done) => progress.update(0.2 + 0.4 * done, "judging"));
  const values = panel.values.map((counts, index) =>
    counts.map((count, slot) => (isMissing[index]?.[slot] === 1 && !(count < 0) ? Number.NaN : count)),
  );
  return { ...panel, values };
}

type ClusterOptions = import("../../../cloud-ingest/cluster/cluster-series.ts").ClusterOptions;

async function clustered(panel: Panel, days: string | undefined, options: ClusterOptions): Promise<ClusterReport> {
  if (days === undefined) {
    const { clusterSeries } = await import("../../../cloud-ingest/cluster/cluster-series.ts");
    return clusterSeries(panel, options);
  }
  const index = panel.names.indexOf(days);
  if (index < 0)
    throw new AppError(`--days: the file has no series ${JSON.stringify(days)}`, {
      code: "USAGE",
      hint: `Name one of its series, such as ${JSON.stringify(panel.names[0] ?? "")}.`,
    });
  const { clusterDays } = await import("../../../cloud-ingest/cluster/cluster-days.ts");
  return clusterDays(panel, index, options);
}

const MOST_MEMBERS = 6;
/** Of a name as a terminal shows it; JSON has it whole. */
const MOST_LETTERS = 60;
const shown = (name: string) => safeLine(name, MOST_LETTERS);

function texts(report: ClusterReport): string {
  const rows = report.clusters.map(({ id, name, size, members }) => [
    String(id),
    `${name.en} / ${name.ja}`,
    String(size),
    members.length > MOST_MEMBERS
      ? `${members.slice(0, MOST_MEMBERS).map(shown).join(", ")} and ${size - MOST_MEMBERS} more`
      : members.map(shown).join(", "),
  ]);
  const lines = [
    table(["id", "name", report.of, "members"], rows),
    report.clusters.every(({ size }) => size === 0)
      ? "No series can be used."
      : report.splitHalf === undefined
        ? "No partition is stable: one cluster for all."
        : `${report.k} clusters: silhouette ${report.silhouette}, two halves of the data agree ${report.splitHalf}.`,
    ...(report.segments ? [`Agreement with your segments: ${report.segments.agreement}.`] : []),
    ...(report.odd.length > 0 ? [`Odd: ${report.odd.map(shown).join(", ")}`] : []),
    ...report.moved.map(({ series, from, to }) => `Moved: ${shown(series)}, ${from} -> ${to}`),
    ...(report.leftOut.length > 0 && report.of === "series"
      ? [`Left out: ${report.leftOut.map(({ series, reason }) => `${shown(series)} (${reason})`).join(", ")}`]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
