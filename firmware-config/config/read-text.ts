import { createReadStream } from "node:fs";
import { AppError, messageOf, systemCodeOf } from "../kit/errors.ts";
import { fileError } from "./problem.ts";

/** The text of a file of at most `maxBytes` of UTF-8; reads no more than that of whatever it is. Throws `AppError`. */
export async function readText(file: string, maxBytes: number): Promise<string> {
  const bytes = await readAtMost(file, maxBytes + 1);
  if (bytes.length > maxBytes) throw fileError(file, `larger than ${maxBytes / 1024} KiB, which is the most allowed`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Not UTF-8 either way.
  }
  throw fileError(file, "not a text in UTF-8; save the file as UTF-8");
}

async function readAtMost(file: string, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file, { end: bytes - 1 })) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (error) {
    if (systemCodeOf(error) === "EISDIR") throw fileError(file, "a folder, not a file");
    throw new AppError(`Cannot read the configuration ${file}: ${messageOf(error)}`, {
      code: "CONFIG_NOT_FOUND",
      hint: "Check the path of the configuration file.",
      cause: error,
    });
  }
}
