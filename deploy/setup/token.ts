import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
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
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") throw exists(file, error);
    throw storageError(error, file);
  }
}

function exists(file: string, cause: unknown): AppError {
  return new AppError(`${file} is there already`, {
    code: "USAGE",
    hint: "Name another file; a secret in use is never replaced.",
    cause,
  });
}
