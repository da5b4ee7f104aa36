import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { tempDir } from "../../support/temp-dir.ts";

const CLIENT = "cam\u009b2J\u202Egpj.\u001b[2J\u2066x\u200B\u007F\u{E0041}";
const SHOWN = "cam\\u009b2J\\u202egpj.\\u001b[2J\\u2066x\\u200b\\u007f\\udb40\\udc41";

/** All that a stranger may choose, at every place of a line. */
function logged(destination: string, isTerminal: boolean): Promise<string> {
  const log = createLog("info", { destination, isTerminal });
  const cause = new AppError(`refused ${CLIENT}`, { code: "INTERNAL", hint: CLIENT });
  log.warn({ client: CLIENT, nested: [{ topic: CLIENT }], err: cause, password: "secret" }, `message ${CLIENT}`);
  // A file, unlike a descriptor, is opened in the background.
  return vi.waitFor(async () => {
    const text = await readFile(destination, "utf8");
    expect(text).toContain("\n");
    return text;
  });
}

// What pino-pretty writes of itself to a file: no colours.
test.each([
  { name: "for people", isTerminal: true },
  { name: "as JSON", isTerminal: false },
])("$name, no text steers a terminal or turns its writing", async ({ isTerminal }) => {
  const text = await logged(join(await tempDir(), "log"), isTerminal);
  expect(text).not.toMatch(/[^\P{Cc}\n\t]|\p{Cf}/u);
  // Client, topic, message, and the error's message, stack and hint; pino-pretty doubles the backslashes within an error.
  expect(text.replaceAll("\\\\", "\\").split(SHOWN).length - 1).toBeGreaterThanOrEqual(6);
  expect(text).not.toContain("secret");
});

test("as JSON a reader gets the text as it was", async () => {
  const line = await logged(join(await tempDir(), "log"), false);
  expect(JSON.parse(line)).toMatchObject({ client: CLIENT, msg: `message ${CLIENT}` });
});
