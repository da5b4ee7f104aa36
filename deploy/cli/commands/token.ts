import type { Command } from "commander";
import { createToken, writeTokenFile } from "../../setup/token.ts";
import type { CliContext } from "../context.ts";
import { example, parsePath } from "../options.ts";

interface TokenOptions {
  readonly file: string;
  readonly json?: boolean;
}

export function registerTokenCommand(program: Command, context: CliContext): void {
  program
    .command("token")
    .description("make a secret for a device or a reader; prints only its hash, for the cloud's configuration")
    .requiredOption("--file <file>", "new file for the secret, readable by this user alone", parsePath)
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
