import { type Command, Option } from "commander";
import type { DayNames } from "../../../cloud-ingest/dashboards/text/forecast-text.ts";
import type { ForecastView, PlaceForecast } from "../../../cloud-ingest/report/forecast/forecast-view.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import type { CliContext } from "../context.ts";
import { example, parseDate } from "../options.ts";
import { storeOf } from "../store-of.ts";
import { jsonText, withOperatorOf } from "./quarantine.ts";

interface ExplainOptions {
  readonly config: string;
  readonly door?: string;
  readonly lang: "ja" | "en";
  readonly json?: boolean;
}

export function registerForecastExplain(forecast: Command, context: CliContext): void {
  forecast
    .command("explain")
    .description("why a day will be high or low, and once it is over why it was not as expected")
    .argument("<store>", "its name, or tenant/store")
    .argument("<date>", "business date, YYYY-MM-DD", parseDate)
    .requiredOption("--config <file>", "cloud configuration")
    .option("--door <door>", "of this door (or device/camera/line) alone")
    .addOption(new Option("--lang <language>", "of the sentences").choices(["ja", "en"]).default("en"))
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe forecast explain acme/ginza 2026-12-24 --config cloud.yaml --lang ja"))
    .action((name: string, date: string, options: ExplainOptions) => explain(name, date, { ...options, context }));
}

async function explain(
  name: string,
  date: string,
  { config: file, door, lang, json, context }: ExplainOptions & { readonly context: CliContext },
) {
  const { loadCloudConfig } = await import("../../../cloud-ingest/load-cloud.ts");
  const { placesOf } = await import("../../../cloud-ingest/report/forecast/forecast-view.ts");
  const config = await loadCloudConfig(file);
  const place = storeOf(name, config.stores);
  const rows = await withOperatorOf(file, (operator) => operator.forecast.rows(place, date));
  const places = placesOf(rows, date).filter((one) => door === undefined || one.place === door);
  if (places.length === 0) throw nothingOf(name, date, { door, known: placesOf(rows, date) });
  if (json) return context.write(jsonText(places));
  const names = await namesOn(config, place, date);
  for (const one of places) context.write(await textOf(one, names, lang));
}

async function namesOn(
  config: Parameters<typeof import("../../../cloud-ingest/registry/open-registry.ts").openRegistry>[0],
  place: ReturnType<typeof storeOf>,
  date: string,
): Promise<DayNames> {
  const { openRegistry } = await import("../../../cloud-ingest/registry/open-registry.ts");
  const { holiday, events } = (await openRegistry(config)).day(place, date);
  return { ...(holiday !== undefined && { holiday }), ...(events.length > 0 && { event: events.join(", ") }) };
}

async function textOf({ place, days, past, today }: PlaceForecast, names: DayNames, tag: "ja" | "en"): Promise<string> {
  const { aheadText, newText, pastText, todayText } = await import(
    "../../../cloud-ingest/dashboards/text/forecast-text.ts"
  );
  const { LANGUAGES } = await import("../../../cloud-ingest/dashboards/text/language.ts");
  const language = LANGUAGES.find((one) => one.tag === tag);
  if (!language) return "";
  const head = place === "" ? language.texts.ofTheStore : safeLine(place);
  const lines = [
    ...days.flatMap((day) => [aheadText(day, names, language), newText(day, language) ?? []].flat()),
    ...(today?.until === undefined ? [] : [todayText(today, language)]),
    ...past.map((day) => pastText(day, language)),
  ];
  return `${head}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

interface Missing {
  readonly door: string | undefined;
  readonly known: ForecastView["places"];
}

function nothingOf(name: string, date: string, { door, known }: Missing): AppError {
  const doors = known.map(({ place }) => (place === "" ? "the store" : place)).join(", ");
  const isDoor = door !== undefined && known.length > 0;
  return new AppError(
    isDoor ? `There is no forecast of ${safeLine(door)}` : `There is no forecast of ${safeLine(name)} on ${date}`,
    {
      code: "USAGE",
      hint: isDoor
        ? `There are: ${doors}.`
        : "`kazoe jobs run forecast` makes them; a store needs two weeks of counts.",
    },
  );
}
