import { execFile } from "node:child_process";
import { lstat, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { writeOutput } from "../../../firmware-config/kit/output-file.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";
import { tempDir } from "../../support/temp-dir.ts";

test.skipIf(!canMount)("a disk that fills leaves the result of before, and no draft", async () => {
  const { dir } = await smallDisk(1);
  const path = join(dir, "flags.csv");
  await writeOutput(path, "--out", ["before\n"]);
  const tooMuch = new Array(100).fill("x".repeat(100_000));
  await expect(writeOutput(path, "--out", tooMuch)).rejects.toMatchObject({ code: "DISK_FULL" });
  expect([await readFile(path, "utf8"), await readdir(dir)]).toEqual(["before\n", ["flags.csv"]]);
});

test("a failure in the middle leaves the result of before", async () => {
  const path = join(await tempDir(), "flags.csv");
  await writeOutput(path, "--out", ["before\n"]);
  function* broken() {
    yield "half";
    throw new Error("the input ended");
  }
  await expect(writeOutput(path, "--out", broken())).rejects.toThrow("the input ended");
  expect(await readFile(path, "utf8")).toBe("before\n");
});

test("what a link names is written, and the link stays one", async () => {
  const dir = await tempDir();
  const [target, link] = [join(dir, "target"), join(dir, "link")];
  await writeFile(target, "before");
  await symlink(target, link);
  await writeOutput(link, "--out", ["after"]);
  expect([await readFile(target, "utf8"), (await lstat(link)).isSymbolicLink()]).toEqual(["after", true]);
});

test("into a pipe it goes as it comes", async () => {
  const pipe = join(await tempDir(), "pipe");
  await promisify(execFile)("mkfifo", [pipe]);
  const [text] = await Promise.all([readFile(pipe, "utf8"), writeOutput(pipe, "--out", ["a", "b"])]);
  expect(text).toBe("ab");
});

test("a folder that is not there is a fault of the command line", async () => {
  const path = join(await tempDir(), "no", "flags.csv");
  await expect(writeOutput(path, "--out", ["a"])).rejects.toMatchObject({
    code: "USAGE",
    hint: expect.stringContaining("--out"),
  });
});
