import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";

const KAZOE = fileURLToPath(new URL("../../../dist/deploy/cli/kazoe.js", import.meta.url));

/** Runs `kazoe` with one of its outputs closed before it says a word, and gives back what the other one got. */
async function withoutReader(args: readonly string[], closed: "stdout" | "stderr") {
  const env = { ...process.env, KAZOE_HOME: await tempDir() };
  const child = spawn(process.execPath, [KAZOE, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  child[closed].destroy();
  const other = child[closed === "stdout" ? "stderr" : "stdout"].setEncoding("utf8");
  const [text, [code]] = await Promise.all([other.toArray(), once(child, "exit")]);
  return { text: text.join(""), code };
}

test.each([
  { args: ["--help"] },
  { args: ["models", "list"] },
  { args: ["demo", "--help"] },
  { args: ["replay", "--help"] },
])("kazoe $args whose reader has left: no word, and the exit code of SIGPIPE", async ({ args }) => {
  expect(await withoutReader(args, "stdout")).toEqual({ text: "", code: 141 });
});

test.each([
  { args: ["nonsense"], code: 2 },
  { args: ["cloud", "--config", "nowhere.yaml"], code: 2 },
  { args: ["models", "list"], code: 0 },
])("kazoe $args whose stderr nobody reads ends as ever: $code", async ({ args, code }) => {
  expect((await withoutReader(args, "stderr")).code).toBe(code);
});
