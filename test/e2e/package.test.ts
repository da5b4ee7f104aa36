import { execFile } from "node:child_process";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { PACKAGE_ROOT, packageVersion } from "../../firmware-config/kit/package-root.ts";
import { tempDir } from "../support/temp-dir.ts";

const run = promisify(execFile);

test("the package that a device installs holds the program, and neither tests nor sources", async () => {
  const dir = await tempDir();
  await run("npm", ["pack", "--pack-destination", dir, "--loglevel=error"], { cwd: PACKAGE_ROOT });
  const [tarball = ""] = await readdir(dir);
  await run("tar", ["-xzf", join(dir, tarball), "-C", dir]);
  const root = join(dir, "package");
  await symlink(join(PACKAGE_ROOT, "node_modules"), join(root, "node_modules"));
  const home = join(dir, "home");
  await mkdir(home);
  const kazoe = async (...args: string[]) => {
    const env = { ...process.env, KAZOE_HOME: home };
    return (await run(process.execPath, [join(root, "deploy", "bin", "kazoe.mjs"), ...args], { cwd: dir, env })).stdout;
  };

  expect((await kazoe("--version")).trim()).toBe(packageVersion());
  expect(JSON.parse(await kazoe("models", "list", "--json"))).not.toHaveLength(0);
  const files = await readdir(root, { recursive: true, encoding: "utf8" });
  expect(files.filter((file) => !file.startsWith("node_modules") && /\.ts$|(^|\/)test(\/|$)/.test(file))).toEqual([]);
});
