import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { storageError } from "../../../firmware-config/kit/storage-error.ts";
import type { CliContext } from "../context.ts";
import { example } from "../options.ts";

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
    throw storageError(error, file);
  }
}

interface TokenOptions {
  readonly file: string;
  readonly json?: boolean;
}

export function registerTokenCommand(program: Command, context: CliContext): void {
  program
    .command("token")
    .description("make a secret for a device or a reader; prints only its hash, for the cloud's configuration")
    .requiredOption("--file <file>", "new file for the secret, readable by this user alone")
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe token --file device.token"))
    .action(async ({ file, json }: TokenOptions) => {
      const { token, tokenSha256 } = createToken();
      await writeTokenFile(file, token);
      if (json) context.write(`${JSON.stringify({ file, tokenSha256 })}\n`);
      else
        context.write(`Secret written to ${file}. For the cloud's configuration:\n\n  tokenSha256: ${tokenSha256}\n`);
    });
}
