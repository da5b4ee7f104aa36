import { createHash } from "node:crypto";
import type { InferenceSession as Session } from "onnxruntime-node";
import { AppError, messageOf, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { InferenceSession, Tensor } from "../../../firmware-config/kit/onnx-runtime.ts";
import { runtimeReason } from "../../../firmware-config/kit/runtime-reason.ts";
import { readBytes, UnfitFile } from "../../../firmware-config/kit/text-file.ts";
import { CALENDAR_COLUMNS, type OnnxShape, shapeOf } from "./onnx-contract.ts";
import { OptionalMemberFault } from "./optional-member-fault.ts";

/** A transformer of some ten million weights; it is read whole. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Counts of one date beyond this are no people; they would drown the other members. */
const MOST_PEOPLE = 1e9;

/** One run: rows of series after each other, float32, as the README has it. */
export interface OnnxInput {
  readonly series: number;
  readonly people: Float32Array;
  readonly known: Float32Array;
  readonly calendar: Float32Array;
}

/** A model that was opened and whose ports fit. */
export interface OnnxModel extends OnnxShape {
  readonly sha256: string;
  /** People by series and date ahead, 0 and more. Throws `OptionalMemberFault` for what is no number of people. */
  run(input: OnnxInput): Promise<Float32Array>;
}

/** Reads a model's file and opens it. Throws `OptionalMemberFault` for a file that is missing, too large, no model, or of other ports. */
export async function openOnnxModel(file: string): Promise<OnnxModel> {
  const fault = (why: string, cause?: unknown) => new OptionalMemberFault(`${file} cannot forecast: ${why}`, cause);
  const bytes = await readBytes(file, { maxBytes: MAX_BYTES }).catch((error: unknown) => {
    throw fault(unreadable(error), error);
  });
  // From bytes, so that a model cannot name other files; one thread gives the same sums each time and leaves a core to ingest.
  const session = await InferenceSession.create(bytes, {
    ...{ executionProviders: ["cpu"], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 },
  }).catch((error: unknown) => {
    throw fault(runtimeReason(messageOf(error)), error);
  });
  try {
    const shape = shapeOf(session);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { ...shape, sha256, run: (input) => runOnce(session, shape, input, fault) };
  } catch (error) {
    throw error instanceof AppError ? error : fault(messageOf(error), error);
  }
}

function unreadable(error: unknown): string {
  if (error instanceof UnfitFile) return `it is ${error.message}`;
  return systemCodeOf(error) === "ENOENT" ? "there is no such file" : messageOf(error);
}

async function runOnce(
  session: Session,
  { past, ahead, takes }: OnnxShape,
  { series, people, known, calendar }: OnnxInput,
  fault: (why: string, cause?: unknown) => OptionalMemberFault,
): Promise<Float32Array> {
  const feeds = {
    people: new Tensor("float32", people, [series, past]),
    ...(takes.known && { known: new Tensor("float32", known, [series, past]) }),
    ...(takes.calendar && { calendar: new Tensor("float32", calendar, [series, past + ahead, CALENDAR_COLUMNS]) }),
  };
  const { forecast } = await session.run(feeds, ["forecast"]).catch((error: unknown) => {
    throw fault(runtimeReason(messageOf(error)), error);
  });
  const data = forecast?.data;
  if (!(data instanceof Float32Array) || String(forecast?.dims) !== String([series, ahead]))
    throw fault(`it gave [${forecast?.dims.join(", ")}] in place of [${series}, ${ahead}]`);
  const wrong = data.find((value) => !(Math.abs(value) <= MOST_PEOPLE));
  if (wrong !== undefined) throw fault(`it gave ${wrong}, which is no number of people`);
  return data.map((value) => Math.max(0, value));
}
