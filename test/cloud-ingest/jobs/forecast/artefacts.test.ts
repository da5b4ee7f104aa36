import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { VERSION } from "../../../../cloud-ingest/forecast/fit.ts";
import { type Artefact, Artefacts } from "../../../../cloud-ingest/jobs/forecast/artefacts.ts";
import { LogRecorder } from "../../../support/log-recorder.ts";
import { canMount, smallDisk } from "../../../support/small-disk.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const artefact = (id: string, { group = "acme-1", version = VERSION } = {}): Artefact => ({
  id,
  group,
  madeAt: "2026-11-22T00:00:00Z",
  code: "0.1.0",
  dataHash: "0",
  parameters: {},
  trials: [],
  champion: { version } as Artefact["champion"],
});

test("a clock that went back: what was just learnt is in force, however many later ones there are", async () => {
  const artefacts = new Artefacts(await tempDir(), new LogRecorder());
  for (let day = 10; day < 25; day++) await artefacts.keep(artefact(`202612${day}T000000000Z-a`));
  await artefacts.keep(artefact("20261101T000000000Z-b"));
  expect((await artefacts.current("acme-1"))?.id).toBe("20261101T000000000Z-b");
});

test("weights of an older version are never used, and still listed for what they were", async () => {
  const log = new LogRecorder();
  const artefacts = new Artefacts(await tempDir(), log);
  await artefacts.keep(artefact("20261101T000000000Z-a"));
  await artefacts.keep(artefact("20261108T000000000Z-b", { version: VERSION - 1 }));
  expect((await artefacts.current("acme-1"))?.id).toBe("20261101T000000000Z-a");
  expect(log.lines.join()).toMatch(/the one before goes on/);
  await expect(artefacts.putInForce("acme-1", "20261108T000000000Z-b")).rejects.toThrow(/of version 1 of our members/);
  const listed = await artefacts.list();
  expect(listed).toHaveLength(2);
  expect(listed.find(({ isCurrent }) => isCurrent)?.id).toBe("20261101T000000000Z-a");
});

test("of many groups the newest 200 are listed; any other is found by its id", async () => {
  const artefacts = new Artefacts(await tempDir(), new LogRecorder());
  const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString().replace(/[-:.]/g, "");
  for (let n = 1; n <= 205; n++) await artefacts.keep(artefact(`${day(n)}-a`, { group: `acme-${n % 20}` }));
  const ids = (await artefacts.list()).map(({ id }) => id);
  expect(ids).toHaveLength(200);
  expect(ids).not.toContain(`${day(5)}-a`);
  expect((await artefacts.list([`${day(5)}-a`])).map(({ group }) => group)).toEqual(["acme-5"]);
});

test("what a kill left half written goes an hour later, with the next model that is kept", async () => {
  const dir = await tempDir();
  const artefacts = new Artefacts(dir, new LogRecorder());
  await artefacts.keep(artefact("20261101T000000000Z-a"));
  const [old, fresh] = [join(dir, "acme-1", ".tmp-old"), join(dir, "acme-1", ".tmp-fresh")];
  for (const file of [old, fresh]) await writeFile(file, "{");
  await utimes(old, new Date(0), new Date(0));
  await artefacts.keep(artefact("20261108T000000000Z-b"));
  expect((await readdir(join(dir, "acme-1"))).sort()).toEqual([
    ".tmp-fresh",
    "20261101T000000000Z-a.json",
    "20261108T000000000Z-b.json",
    "current.json",
  ]);
});

test.skipIf(!canMount)(
  "a disk that is full under a renewal: it is told, and the model before stays in force, whole",
  async () => {
    const disk = await smallDisk(1);
    const log = new LogRecorder();
    const artefacts = new Artefacts(join(disk.dir, "forecast"), log);
    const before = artefact("20261101T000000000Z-a");
    await artefacts.keep(before);
    const large = { ...artefact("20261108T000000000Z-b"), parameters: { note: "x".repeat(2_000_000) } };
    await expect(artefacts.keep(large)).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(await artefacts.current("acme-1")).toEqual(before);
    expect((await readdir(join(disk.dir, "forecast", "acme-1"))).sort()).toEqual([`${before.id}.json`, "current.json"]);
    expect(log.lines).toEqual([]);
    await disk.remount(8);
    await artefacts.keep(large);
    expect((await artefacts.current("acme-1"))?.id).toBe(large.id);
  },
);
