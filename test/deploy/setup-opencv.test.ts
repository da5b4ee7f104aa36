import { spawnSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tempDir } from "../support/temp-dir.ts";

it("takes away what a killed build left, and nothing else; without a compiler it says what to type", async () => {
  const home = await tempDir();
  const { pid: ended } = spawnSync(process.execPath, ["-e", ""]);
  const kept = ["opencv-node1", `opencv-build-${process.pid}-a`];
  for (const name of [...kept, `opencv-build-${ended}-b`])
    await mkdir(join(home, "tools", name, "x"), { recursive: true });
  const env = { ...process.env, KAZOE_HOME: home, PATH: home };
  const { status, stderr } = spawnSync(process.execPath, ["deploy/bin/setup-opencv.mjs"], { env, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/is missing on this machine[\s\S]*apt-get install/);
  expect((await readdir(join(home, "tools"))).sort()).toEqual(kept.sort());
});
