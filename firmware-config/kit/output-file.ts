import { AppError, messageOf } from "./errors.ts";
import { isMachineTrouble, outputError } from "./storage-error.ts";

/** Of a file that `option` names and that cannot be written: the machine's trouble, or else a name that will not do. */
export function outputFileError(error: unknown, path: string, option: string): AppError {
  if (error instanceof AppError) return error;
  if (isMachineTrouble(error)) return outputError(error, path, option);
  return new AppError(`${path} cannot be written: ${messageOf(error)}`, {
    code: "USAGE",
    hint: `Name with ${option} a file that can be written, in a folder that exists.`,
    cause: error,
  });
}
