// csv-parse: as in quality/csv.
import { parse } from "csv-parse/sync";
import { AppError, messageOf, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { readTextFile, UnfitFile } from "../../../firmware-config/kit/text-file.ts";

const MOST_BYTES = 20_000_000;

/** A small CSV as rows of texts, the head first, and how to refuse it with a hint of its form. */
export async function readTable(file: string, refusal: Refusal): Promise<string[][]> {
  return parsed(await textOf(file, refusal), file, refusal);
}

export type Refusal = (message: string) => AppError;

/** Refuses a file of people's making, with the form that is wanted. */
export const refusalOf =
  (hint: string): Refusal =>
  (message) =>
    new AppError(message, { code: "USAGE", hint });

async function textOf(file: string, refusal: Refusal): Promise<string> {
  try {
    return await readTextFile(file, { maxBytes: MOST_BYTES });
  } catch (error) {
    if (error instanceof UnfitFile) throw refusal(`${file} is ${error.message}`);
    if (["ENOENT", "EACCES", "EISDIR"].includes(systemCodeOf(error) ?? "")) throw refusal(`${file} cannot be read`);
    throw error;
  }
}

function parsed(text: string, file: string, refusal: Refusal): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, relax_column_count: true, max_record_size: 10_000 });
  } catch (error) {
    throw refusal(`${file} is no CSV: ${messageOf(error)}`);
  }
}
