import { askChild, ChildBroke } from "../../../firmware-config/kit/ask-child.ts";
import { scriptUrl } from "../../../firmware-config/kit/script-url.ts";
import type { Days, Member, Model } from "../port.ts";
import { calendarRows, pastRows } from "./onnx-input.ts";
import { type OnnxModel, openOnnxModel } from "./onnx-model.ts";
import { OptionalMemberFault } from "./optional-member-fault.ts";

export const ONNX = "onnx";
/** What one run is given: some MB. */
const SERIES_PER_RUN = 32;

/** Loading and six runs; the slowest that is allowed takes half of it on a core that it shares. */
const TIME_LIMIT_MS = 60_000;

/** A frozen model out of a file, tried in a process of its own before. Throws `OptionalMemberFault` for one that does not do. */
export async function openOnnxMember(file: string, { timeLimitMs = TIME_LIMIT_MS } = {}): Promise<Member> {
  const script = scriptUrl(import.meta.url, "cloud-ingest", "forecast/onnx/probe-child.js");
  const { fault } = await askChild<{ fault?: string }>(script, file, { timeLimitMs }).catch((error: unknown) => {
    if (error instanceof ChildBroke) return { fault: `${file} cannot forecast: ${error.message}` };
    throw error;
  });
  if (fault !== undefined) throw new OptionalMemberFault(fault);
  return onnxMember(await openOnnxModel(file));
}

/** A frozen model as a member: nothing is learnt, and a champion goes with the very file that its weights were learnt with. */
function onnxMember(model: OnnxModel): Member {
  const { sha256 } = model;
  const frozen: Model = { state: { sha256 }, predict: (days, horizon) => predictAll(model, days, horizon) };
  return {
    name: ONNX,
    isOptional: true,
    fit: async () => frozen,
    load: (state) => {
      if (typeof state === "object" && state !== null && "sha256" in state && state.sha256 === sha256) return frozen;
      throw new OptionalMemberFault(
        "The ONNX model's file is not the one that the weights were learnt with; the next renewal tries it",
      );
    },
  };
}

async function predictAll(model: OnnxModel, days: Days, horizon: number): Promise<readonly Float64Array[]> {
  const forecasts = days.names.map(() => new Float64Array(horizon));
  // A place where nobody was all that time has no size that a model could go by.
  const asked = days.names.flatMap((_, i) => (hasPeople(days, i, model.past) ? [i] : []));
  const most = model.isBatch ? SERIES_PER_RUN : 1;
  for (let at = 0; at < asked.length; at += most) {
    const portion = asked.slice(at, at + most);
    for (const [k, values] of (await predictSome(model, days, { portion, horizon })).entries())
      forecasts[portion[k]!]!.set(values.subarray(days.days, days.days + horizon));
  }
  return forecasts;
}

const hasPeople = ({ values, days }: Days, series: number, past: number) =>
  values[series]!.subarray(Math.max(0, days - past), days).some((value) => value > 0);

/** The values of some series with their forecast behind; further ahead than the model goes, it stands on its own forecast. */
async function predictSome(
  model: OnnxModel,
  days: Days,
  { portion, horizon }: { readonly portion: readonly number[]; readonly horizon: number },
): Promise<readonly Float64Array[]> {
  const { ahead, past } = model;
  const all = portion.map((series) => {
    const values = new Float64Array(days.days + Math.ceil(horizon / ahead) * ahead).fill(Number.NaN);
    values.set(days.values[series]!.subarray(0, days.days));
    return values;
  });
  for (let day = days.days; day < days.days + horizon; day += ahead) {
    const rows = all.map((values) => pastRows({ values, day }, past));
    const forecast = await model.run({
      series: portion.length,
      people: joined(rows.map(({ people }) => people)),
      known: joined(rows.map(({ known }) => known)),
      calendar: joined(portion.map((series) => calendarRows({ dates: days.dates[series]!, day }, model))),
    });
    for (const [k, values] of all.entries()) values.set(forecast.subarray(k * ahead, (k + 1) * ahead), day);
  }
  return all;
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const whole = new Float32Array(length * rows.length);
  for (const [at, row] of rows.entries()) whole.set(row, at * length);
  return whole;
}
