import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { lookAt } from "../../../../cloud-ingest/warehouse/duckdb/look.ts";
import { tempDir } from "../../../support/temp-dir.ts";

let dir: string;
const path = (name: string) => join(dir, name);

beforeEach(async () => {
  dir = await tempDir();
});

async function listen(): Promise<void> {
  const server = createServer().listen(path("x"));
  await once(server, "listening");
  onTestFinished(() => void server.close());
}

it.each([
  { kind: "missing", make: async () => {} },
  { kind: "a folder", make: () => mkdir(path("x")) },
  { kind: "a named pipe", make: async () => execFileSync("mkfifo", [path("x")]) },
  { kind: "a socket", make: listen },
  { kind: "a device", make: () => symlink("/dev/null", path("x")) },
  { kind: "a link that leads nowhere", make: () => symlink("/nowhere/at/all", path("x")) },
  { kind: "a link that leads nowhere", make: () => symlink("x", path("x")) },
])("sees $kind without opening it", async ({ kind, make }) => {
  await make();
  expect(await lookAt(path("x"))).toMatchObject({ kind });
});

it("sees a file and how long it is, through a link too", async () => {
  await writeFile(path("file"), "12345");
  await symlink(path("file"), path("link"));
  for (const name of ["file", "link"]) expect(await lookAt(path(name))).toEqual({ kind: "a file", bytes: 5 });
});

it("sees nothing behind a file, and rejects what cannot be looked at", async () => {
  await writeFile(path("file"), "");
  expect(await lookAt(path("file/behind"))).toEqual({ kind: "missing", bytes: 0 });
  await expect(lookAt(path("x".repeat(300)))).rejects.toMatchObject({ code: "ENAMETOOLONG" });
});
