import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";

const KAZOE = fileURLToPath(new URL("../../../dist/deploy/cli/kazoe.js", import.meta.url));

/** Runs `kazoe` with one of its outputs on a disk that is always full, and gives back what the other one got. */
async function onFullDisk(args: readonly string[], full: "stdout" | "stderr") {
  const env = { ...process.env, KAZOE_HOME: await tempDir() };
  const disk = await open("/dev/full", "w");
  const stdio = full === "stdout" ? (["ignore", disk.fd, "pipe"] as const) : (["ignore", "pipe", disk.fd] as const);
  const child = spawn(process.execPath, [KAZOE, ...args], { stdio: [...stdio], env });
  await disk.close();
  const other = child[full === "stdout" ? "stderr" : "stdout"]?.setEncoding("utf8");
  const [text, [code]] = await Promise.all([other?.toArray() ?? [], once(child, "exit")]);
  return { text: text.join(""), code };
}

const hasFull = existsSync("/dev/full");

test.skipIf(!hasFull).each([["--help"], ["--version"], ["models list"], ["replay --help"]])(
  "kazoe %s onto a full disk says so in one sentence",
  async (args) => {
    const { text, code } = await onFullDisk(args.split(" "), "stdout");
    expect(code).toBe(1);
    expect(text).toMatch(/^kazoe: The disk is full: standard output\n {2}-> .* \[DISK_FULL\]\n$/);
  },
);

test.skipIf(!hasFull)("kazoe models list --json onto a full disk says so as JSON", async () => {
  const { text, code } = await onFullDisk(["models", "list", "--json"], "stdout");
  expect(code).toBe(1);
  expect(JSON.parse(text)).toMatchObject({
    error: { code: "DISK_FULL", message: "The disk is full: standard output" },
  });
});

test.skipIf(!hasFull)("kazoe whose log nobody can store goes on", async () => {
  expect((await onFullDisk(["nonsense"], "stderr")).code).toBe(2);
});
