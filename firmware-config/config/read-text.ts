import { AppError, messageOf } from "../kit/errors.ts";
import { readTextFile, UnfitFile } from "../kit/text-file.ts";
import { fileError } from "./problem.ts";

/** The text of a configuration, a regular file of at most `maxBytes`. Throws `AppError`. */
export async function readText(file: string, maxBytes: number): Promise<string> {
  try {
    return await readTextFile(file, { maxBytes });
  } catch (error) {
    if (error instanceof UnfitFile) throw fileError(file, error.message);
    throw new AppError(`Cannot read the configuration ${file}: ${messageOf(error)}`, {
      code: "CONFIG_NOT_FOUND",
      hint: "Check the path of the configuration file.",
      cause: error,
    });
  }
}
