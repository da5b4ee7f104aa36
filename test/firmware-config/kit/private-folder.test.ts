import { chmod, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { closeFolders } from "../../../firmware-config/kit/private-folder.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { becomeUnprivileged } from "../../support/unprivileged.ts";

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("folders that others can read are closed, once and with a word; what is missing is not made", async () => {
  const dir = await tempDir();
  await mkdir(join(dir, "inbox"));
  await chmod(join(dir, "inbox"), 0o755);
  await mkdir(join(dir, "warehouse"), { mode: 0o700 });
  const log = new LogRecorder();
  for (let i = 0; i < 2; i += 1) await closeFolders(dir, ["inbox", "warehouse", "other"], log);
  expect(await Promise.all(["inbox", "warehouse"].map((name) => modeOf(join(dir, name))))).toEqual(["700", "700"]);
  await expect(stat(join(dir, "other"))).rejects.toMatchObject({ code: "ENOENT" });
  expect(log.lines).toEqual([expect.stringContaining("closed to them now")]);
});

test.runIf(process.getuid?.() === 0)("a folder of another user stays open and that is said", async () => {
  const dir = await tempDir();
  await mkdir(join(dir, "inbox"));
  await chmod(join(dir, "inbox"), 0o755);
  await becomeUnprivileged(dir);
  const log = new LogRecorder();
  await closeFolders(dir, ["inbox"], log);
  expect(log.lines).toEqual([expect.stringContaining("can read a folder of the data")]);
});

test("a queue's folder is made for its user alone, whatever the umask", async () => {
  const dir = join(await tempDir(), "data", "outbox");
  await (await DurableQueue.open(dir)).close();
  expect(await modeOf(dir)).toBe("700");
});
