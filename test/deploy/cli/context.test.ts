import { expect, test } from "vitest";
import { createContext } from "../../../deploy/cli/context.ts";

const NAME = "a\u001b[2J\u009b2J\u202Eb\rc";

test("nothing that a command writes steers a terminal, and its JSON stays the same", () => {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text) };
  const context = createContext({}, { stdout: output, stderr: output });
  context.write(`${NAME}\n\t日本\n`);
  context.note(`kazoe: no file ${NAME}\n`);
  context.write(JSON.stringify({ name: NAME }));
  const shown = "a\\u001b[2J\\u009b2J\\u202eb\\u000dc";
  const [text = "", note = "", json = ""] = written;
  expect([text, note]).toEqual([`${shown}\n\t日本\n`, `kazoe: no file ${shown}\n`]);
  expect(json).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(JSON.parse(json)).toEqual({ name: NAME });
});
