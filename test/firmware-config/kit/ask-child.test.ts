import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { askChild, ChildBroke } from "../../../firmware-config/kit/ask-child.ts";
import { scriptUrl } from "../../../firmware-config/kit/script-url.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** The built kit, whose modules a process of its own can load. */
const KIT = scriptUrl(import.meta.url.replace("/test/", "/cloud-ingest/"), "cloud-ingest", "quality/judge-worker.js");
const MODULE = new URL("../../firmware-config/kit/ask-child.js", KIT).href;

async function childOf(answer: string): Promise<URL> {
  const file = join(await tempDir(), "child.mjs");
  await writeFile(file, `import { answerParent } from ${JSON.stringify(MODULE)}; answerParent(${answer});`);
  return pathToFileURL(file);
}

const LONG_MS = 60_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a child answers one wish", async () => {
  const script = await childOf("async ({ two }) => two + 2");
  expect(await askChild(script, { two: 2 }, { timeLimitMs: LONG_MS })).toBe(4);
});

test.each([
  { name: "ends by itself", answer: "async () => process.exit(7)", says: /exit code 7/ },
  { name: "throws", answer: "async () => { throw new Error('no') }", says: /exit code 1/ },
  { name: "is killed", answer: "async () => process.kill(process.pid, 'SIGKILL')", says: /SIGKILL/ },
])("a child that $name broke, in words", async ({ answer, says }) => {
  const asked = askChild(await childOf(answer), 1, { timeLimitMs: LONG_MS });
  await expect(asked).rejects.toThrow(says);
  await expect(asked).rejects.toBeInstanceOf(ChildBroke);
});

test("one that holds its thread for ever is ended when its time is over", async () => {
  const script = await childOf("async () => { for (;;); }");
  await expect(askChild(script, 1, { timeLimitMs: 1_500 })).rejects.toThrow("it gave nothing within 1.5 s");
});

test("a wish that is given up ends the child at once, with the reason", async () => {
  const script = await childOf("async () => { for (;;); }");
  const stop = new AbortController();
  const asked = askChild(script, 1, { timeLimitMs: LONG_MS, signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(asked).rejects.toThrow("enough");
  await expect(askChild(script, 1, { timeLimitMs: LONG_MS, signal: stop.signal })).rejects.toThrow("enough");
});

test("a child whose parent was killed ends too, whatever holds its thread", async () => {
  const script = await childOf(`async (file) => {
    (await import("node:fs")).writeFileSync(file, String(process.pid));
    for (;;);
  }`);
  const [told, file] = [join(await tempDir(), "pid"), join(await tempDir(), "parent.mjs")];
  await writeFile(
    file,
    `import { askChild } from ${JSON.stringify(MODULE)};
     await askChild(new URL(${JSON.stringify(script.href)}), ${JSON.stringify(told)}, { timeLimitMs: ${LONG_MS} });`,
  );
  const parent = spawn(process.execPath, [file], { stdio: "ignore" });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const pid = await vi.waitFor(async () => {
    const number = Number(await readFile(told, "utf8"));
    expect(number).toBeGreaterThan(0);
    return number;
  });
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
});
