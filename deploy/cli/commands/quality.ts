import { type Command, InvalidArgumentError } from "commander";
import type { DayNote, Panel } from "../../../cloud-ingest/quality/panel.ts";
import { assertApart, named } from "../../../firmware-config/kit/apart.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example, parsePath } from "../options.ts";
import { pictureFile, writePicture } from "../picture.ts";
import { createPatientProgress, share } from "../progress.ts";
import { table } from "../tables.ts";
import { registerQualityWords } from "./quality-words.ts";

interface RunOptions {
  readonly series: string;
  readonly out: string;
  readonly holidays?: string;
  readonly siblings: "auto" | "none";
  readonly plot?: string;
  readonly json?: boolean;
}

const FORMAT = `
Reads series,time,value: hourly or daily, local time (ISO 8601, with or without an offset), gaps allowed. Series that end in
":in" and ":out" (or " in", "_in", "/in" ...) are the two directions of one line.
Writes series,time,value,clean,lo80,hi80,flag,rule,confidence: flag is "device" (the count is not believed and clean is imputed),
"explained" (unusual, but the world is the reason: the count stands) or empty.
`;

export function registerQualityCommand(program: Command, context: CliContext): void {
  const quality = program
    .command("quality")
    .description("find counts that cannot be believed, and what the world explains");
  registerQualityWords(quality, context);
  quality
    .command("run")
    .description("judge the series of a CSV file")
    .requiredOption("--series <file>", "CSV with the columns series,time,value; - for standard input", parsePath)
    .requiredOption("--out <file>", "CSV for the clean values and the flags", parsePath)
    .option("--holidays <place>", "public holidays of a country or state, such as JP, AU-VIC or US-NY")
    .option(
      "--siblings <which>",
      "auto: series that move alike are compared; none: each stands alone",
      parseSiblings,
      "auto",
    )
    .option("--plot <file>", "picture of raw and clean values with the flags: .png, else SVG", parsePath)
    .option("--json", "print the flags and their evidence as JSON")
    .addHelpText(
      "after",
      `${FORMAT}${example("kazoe quality run --series doors.csv --holidays AU-VIC --out flags.csv --plot doors.svg")}`,
    )
    .action((options: RunOptions) => runQuality(options, context));
}

function parseSiblings(text: string): string {
  if (text !== "auto" && text !== "none") throw new InvalidArgumentError('Write "auto" or "none".');
  return text;
}

async function runQuality(options: RunOptions, context: CliContext): Promise<void> {
  const { readSeries, STDIN } = await import("../../../cloud-ingest/quality/csv/read-series.ts");
  const { judgePanel } = await import("../../../cloud-ingest/quality/judge-panel.ts");
  const { imputePanel } = await import("../../../cloud-ingest/quality/impute/impute-panel.ts");
  const { cleanPanel } = await import("../../../cloud-ingest/quality/clean-panel.ts");
  const { writeRows } = await import("../../../cloud-ingest/quality/csv/write-rows.ts");
  const { series, out, plot } = options;
  const written = [...named("--out", out), ...named("--plot", plot)];
  await assertApart(written, series === STDIN ? [] : [{ option: "--series", path: series }]);
  const picture = await pictureFile(plot);
  const progress = createPatientProgress(context, "Quality");
  try {
    const onBytes = (done: number, whole: number) => progress.update((share(done, whole) ?? 0) * 0.3, "reading");
    const read = await readSeries(series, onBytes, stopSignal());
    const panel = await prepared(read.panel, options);
    const judgement = judgePanel(panel, (done) => progress.update(0.3 + 0.5 * done, "judging"));
    progress.update(0.85, "imputing");
    const clean = cleanPanel(panel, judgement, imputePanel(panel, judgement.isMissing));
    progress.update(0.95, "writing");
    await writeRows(out, { ...read, panel }, clean);
    if (picture) {
      const { drawSvg } = await import("../../../cloud-ingest/quality/plot/draw-svg.ts");
      await writePicture(picture, () => drawSvg(panel, clean));
    }
    const { flagReport, flagRows } = await import("../../../cloud-ingest/quality/flag-report.ts");
    const report = flagReport(panel, judgement.flags);
    context.write(
      options.json
        ? `${JSON.stringify(report)}\n`
        : `${table(["series", "rule", "kind", "from", "to"], flagRows(report))}\n`,
    );
  } finally {
    progress.stop();
  }
}

async function prepared(panel: Panel, { holidays, siblings }: RunOptions): Promise<Panel> {
  const alone = siblings === "none" ? { siblings: new Map(panel.names.map((name) => [name, []])) } : {};
  return { ...panel, ...alone, notes: holidays ? await notesOf(holidays, panel) : panel.notes };
}

async function notesOf(place: string, panel: Panel): Promise<ReadonlyMap<string, DayNote>> {
  const { holidayNotes } = await import("../../../cloud-ingest/quality/holiday-notes.ts");
  return holidayNotes(place, panel.from, panel.days);
}
