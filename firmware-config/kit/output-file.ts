import { AppError, messageOf, systemCodeOf } from "./errors.ts";
import { isMachineTrouble, outputError } from "./storage-error.ts";

/**
 * Of a file that `option` names and that cannot be written: the machine's trouble, or else a name that will not do. What no system call
 * said, such as the abort of what is written, is no fault of the file and comes back as it is.
 */
export function outputFileError(error: unknown, path: string, option: string): unknown {
  if (error instanceof AppError || systemCodeOf(error) === undefined) return error;
  if (isMachineTrouble(error)) return outputError(error, path, option);
  return new AppError(`${path} cannot be written: ${messageOf(error)}`, {
    code: "USAGE",
    hint: `Name with ${option} a file that can be written, in a folder that exists.`,
    cause: error,
  });
}
