import { createHash, randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { storageError } from "../../firmware-config/kit/storage-error.ts";

/** A new secret and the hash by which the cloud knows it; 256 random bits need no slow hash. */
export function createToken(): { readonly token: string; readonly tokenSha256: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenSha256: createHash("sha256").update(token).digest("hex") };
}

/** Writes a secret so that this user alone can read it; refuses to replace a file. */
export async function writeTokenFile(file: string, token: string): Promise<void> {
  try {
    await writeNew(file, `${token}\n`);
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") throw exists(file, error);
    if (systemCodeOf(error) === "ENOENT") throw noFolder(file, error);
    throw storageError(error, file);
  }
}

/** Half a secret would be taken for a whole one. */
async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

function exists(file: string, cause: unknown): AppError {
  return new AppError(`${file} is there already`, {
    code: "USAGE",
    hint: "Name another file; a secret in use is never replaced.",
    cause,
  });
}

function noFolder(file: string, cause: unknown): AppError {
  return new AppError(`There is no folder ${dirname(file)}`, {
    code: "USAGE",
    hint: "Make the folder first, or name a file in one that is there.",
    cause,
  });
}
