import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSecretFile, readTextOf } from "../../../firmware-config/kit/secret-file.ts";
import { tempDir } from "../../support/temp-dir.ts";

const PLACE = { key: "mqtt.tokenFile", hint: "Make one." };

test.each([
  { name: "a line", content: "s3cret\n", secret: "s3cret" },
  { name: "a line from Windows", content: "s3cret\r\n", secret: "s3cret" },
  { name: "no line break", content: "s3cret", secret: "s3cret" },
  { name: "spaces, which may belong to a password", content: " s3 cret \n\n", secret: " s3 cret " },
])("$name", async ({ content, secret }) => {
  const file = join(await tempDir(), "secret");
  await writeFile(file, content, { mode: 0o600 });
  expect(await readSecretFile(file, PLACE)).toBe(secret);
});

test.each([
  { name: "empty", content: "\n", mode: 0o600, says: "is empty" },
  { name: "too large", content: "s3cret".repeat(1000), mode: 0o600, says: "is larger than 4096 bytes" },
  { name: "open to all", content: "s3cret", mode: 0o644, says: "is open to every user of this machine" },
])("$name: says file and place, never the content", async ({ content, mode, says }) => {
  const file = join(await tempDir(), "secret");
  await writeFile(file, content);
  await chmod(file, mode);
  const error: unknown = await readSecretFile(file, PLACE).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "CONFIG_INVALID", hint: PLACE.hint });
  expect(String(error)).toContain(`mqtt.tokenFile: ${file} ${says}`);
  expect(String(error)).not.toContain("s3cret");
});

test("what cannot be read", async () => {
  const dir = await tempDir();
  await expect(readSecretFile(join(dir, "none"), PLACE)).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
});

test.each([
  { name: "a folder", make: (file: string) => mkdir(file, { mode: 0o755 }) },
  { name: "a pipe", make: async (file: string) => execFileSync("mkfifo", [file]) },
  { name: "a device", make: (file: string) => symlink("/dev/zero", file) },
])("$name is refused by name, at once, whoever may read it", async ({ name, make }) => {
  const file = join(await tempDir(), "secret");
  await make(file);
  const error = {
    code: "CONFIG_INVALID",
    message: expect.stringContaining(`mqtt.tokenFile: ${file} is ${name}, not a file`),
  };
  await expect(readSecretFile(file, PLACE)).rejects.toMatchObject(error);
  await expect(readTextOf(file, PLACE, { maxBytes: 100 })).rejects.toMatchObject(error);
});

test("the group may read it: a service's secret often is root's", async () => {
  const file = join(await tempDir(), "secret");
  await writeFile(file, "s3cret");
  await chmod(file, 0o640);
  expect(await readSecretFile(file, PLACE)).toBe("s3cret");
});
