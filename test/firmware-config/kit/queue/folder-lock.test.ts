import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockFolder } from "../../../../firmware-config/kit/queue/folder-lock.ts";
import { tempDir } from "../../../support/temp-dir.ts";

test("a folder is locked until the handle is closed, and who comes meanwhile is told what to do", async () => {
  const dir = await tempDir();
  const lock = await lockFolder(dir);
  await expect(lockFolder(dir)).rejects.toMatchObject({
    code: "STORE_LOCKED",
    message: `Another process has ${dir} open`,
    hint: expect.stringMatching(/^Stop that process .*another kazoe.*dataDir of its own\.$/),
  });
  await lock.close();
  await (await lockFolder(dir)).close();
  expect((await stat(join(dir, "lock"))).size).toBe(0);
});

test("a folder that is not there cannot be locked", async () => {
  await expect(lockFolder(join(await tempDir(), "none"))).rejects.toMatchObject({ code: "ENOENT" });
});
