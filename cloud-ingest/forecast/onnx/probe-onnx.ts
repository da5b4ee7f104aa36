import { CALENDAR_COLUMNS } from "./onnx-contract.ts";
import type { OnnxInput, OnnxModel } from "./onnx-model.ts";
import { OptionalMemberFault } from "./optional-member-fault.ts";

const WEEK = 7;
/** A group of 25 stores is asked some hundred times. */
const MOST_RUN_MS = 2_000;

/** People of a usual date, and whether every fifth date is not known. */
const SERIES = [
  { people: 100, hasGaps: false },
  { people: 1, hasGaps: false },
  { people: 50_000, hasGaps: true },
] as const;

/** Asks a model for made series. Throws `OptionalMemberFault` for one that fails, is slow, or says something else the second time. */
export async function probeOnnx(model: OnnxModel, file: string): Promise<void> {
  const inputs = model.isBatch ? [madeInput(model, SERIES)] : SERIES.map((one) => madeInput(model, [one]));
  for (const input of inputs) {
    // Of the processor, which a busy machine does not change.
    const start = process.cpuUsage();
    const once = await model.run(input);
    const { user, system } = process.cpuUsage(start);
    const tookMs = (user + system) / 1000;
    if (tookMs > MOST_RUN_MS)
      throw new OptionalMemberFault(
        `${file} cannot forecast: one run takes ${Math.round(tookMs)} ms of a processor, at most ${MOST_RUN_MS} are allowed`,
      );
    const again = await model.run(input);
    if (once.some((value, at) => value !== again[at]))
      throw new OptionalMemberFault(`${file} cannot forecast: the same dates give other numbers the second time`);
  }
}

function madeInput({ past, ahead }: OnnxModel, made: readonly (typeof SERIES)[number][]): OnnxInput {
  const rows = made.length;
  const of = (length: number, value: (series: (typeof SERIES)[number], at: number) => number) =>
    Float32Array.from({ length: rows * length }, (_, i) =>
      value(made[Math.floor(i / length)] ?? SERIES[0], i % length),
    );
  return {
    series: rows,
    people: of(past, ({ people }, at) => Math.round(people * (at % WEEK >= 5 ? 1.5 : 1))),
    known: of(past, ({ hasGaps }, at) => (hasGaps && at % 5 === 0 ? 0 : 1)),
    calendar: of((past + ahead) * CALENDAR_COLUMNS, (_, at) => {
      const date = Math.floor(at / CALENDAR_COLUMNS);
      return [date % WEEK, date % 366, date % 30 === 0 ? 1 : 0, 0][at % CALENDAR_COLUMNS] ?? 0;
    }),
  };
}
