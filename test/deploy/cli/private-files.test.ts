import { chmod, mkdir, open, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import { freePort, type KazoeProcess, startKazoe } from "../../support/processes.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { becomeUnprivileged } from "../../support/unprivileged.ts";

async function startCloud(dir: string): Promise<KazoeProcess> {
  const store = { tenant: "t", store: "s", name: "S", timeZone: "Asia/Tokyo" };
  const ports = { broker: { port: await freePort() }, http: { port: await freePort() } };
  await writeFile(join(dir, "cloud.yaml"), stringify({ stores: [store], ...ports }));
  // In the middle of the usual umask's rights.
  const old = process.umask(0o022);
  const cloud = startKazoe(["cloud", "--config", join(dir, "cloud.yaml")]);
  process.umask(old);
  onTestFinished(async () => {
    cloud.child.kill("SIGKILL");
    await cloud.exited;
  });
  await vi.waitFor(() => expect(cloud.output()).toContain("the cloud half is ready"), { timeout: 20_000 });
  return cloud;
}

test("a new data folder is its user's alone, files and folders", async () => {
  const dir = await tempDir();
  await startCloud(dir);
  const data = join(dir, "data");
  const names = ["", ...(await readdir(data, { recursive: true }))];
  const modes = await Promise.all(names.map(async (name) => ({ name, mode: (await stat(join(data, name))).mode })));
  expect(modes.map(({ name }) => name)).toEqual(expect.arrayContaining(["inbox/lock", "warehouse/hot.duckdb"]));
  expect(modes.filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([]);
});

test.runIf(process.getuid?.() === 0)(
  "a wide folder of before is closed: nobody else opens what a lock could be held on",
  async () => {
    const dir = await tempDir();
    const files = ["inbox/lock", "warehouse/hot.duckdb"].map((name) => join(dir, "data", name));
    for (const folder of [join(dir, "data"), ...files.map((file) => dirname(file))]) {
      await mkdir(folder, { recursive: true });
      await chmod(folder, 0o755);
    }
    const cloud = await startCloud(dir);
    expect(cloud.output()).toContain("closed to them now");
    await becomeUnprivileged(dir);
    for (const file of files) await expect(open(file, "r")).rejects.toMatchObject({ code: "EACCES" });
  },
);
