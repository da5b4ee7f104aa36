import { expect, test } from "vitest";
import { createContext, stopSignal } from "../../../deploy/cli/context.ts";

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

test("many commands in one process, each to be stopped, have one listener for each signal", () => {
  const before = process.listenerCount("SIGINT");
  const signals = Array.from({ length: 12 }, stopSignal);
  expect(process.listenerCount("SIGINT") - before).toBeLessThanOrEqual(1);
  expect(new Set(signals).size).toBe(12);
  expect(signals.some(({ aborted }) => aborted)).toBe(false);
});
