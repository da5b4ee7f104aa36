import { appendFile, chmod, chown, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { openQueue } from "../../../edge-agent/outbox/open-queue.ts";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { breakFolder } from "../../firmware-config/kit/queue/broken-folder.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { becomeUnprivileged } from "../../support/unprivileged.ts";

const NOBODY = 65_534;
const MB = 1024 * 1024;

async function filled() {
  const dir = join(await tempDir(), "outbox");
  const queue = await DurableQueue.open(dir);
  await queue.append([Buffer.from("aaaa"), Buffer.from("bbbb")], new Map([["dropped", "7"]]));
  await queue.close();
  const [name = ""] = (await readdir(dir)).filter((one) => one.endsWith(".seg"));
  return { dir, file: join(dir, name) };
}

test("a damaged place costs what stood there, which is said, and it goes on", async () => {
  const { dir, file } = await filled();
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill(1, bytes.indexOf("aaaa"), bytes.indexOf("aaaa") + 1));
  const log = new LogRecorder();
  const queue = await openQueue(dir, MB, log);
  expect(log.lines).toEqual(["error outbox was damaged; the messages that stood there are lost"]);
  expect(queue.stats()).toMatchObject({ depth: 2, lastId: 2, damaged: 1 });
  expect(queue.note("dropped")).toBe("7");
  expect(await queue.append([Buffer.from("c")])).toEqual([3]);
  await queue.close();
});

test("a folder that is none is set aside, which is said, and a new one begun; only the last is kept", async () => {
  const { dir } = await filled();
  await rename(dir, `${dir}.damaged`);
  await writeFile(dir, "a file");
  const log = new LogRecorder();
  const queue = await openQueue(dir, MB, log);
  expect(log.lines).toEqual([
    "error outbox cannot be used and is set aside; its messages are lost unless somebody rescues them",
  ]);
  expect(await queue.append([Buffer.from("c")])).toEqual([1]);
  // Nobody knows how many, but not none.
  expect(queue.note("dropped")).toBe("1");
  expect(await readFile(`${dir}.damaged`, "utf8")).toBe("a file");
  await queue.close();
});

test("a folder that another process has open is left alone", async () => {
  const dir = join(await tempDir(), "outbox");
  const queue = await DurableQueue.open(dir);
  const log = new LogRecorder();
  await expect(openQueue(dir, MB, log)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  expect(log.lines).toEqual([]);
  await queue.close();
});

test("what waited in a folder that is set aside is counted, and its ids and numbers go on", async () => {
  const { dir } = await filled();
  const marked = await openQueue(dir, MB, new LogRecorder());
  await marked.append([Buffer.from("cccc")], new Map([["boot-number", "4"]]));
  await marked.remove([1]);
  await marked.close();
  for (const place of [join(dir, ".."), dir, join(dir, "last")])
    if (process.getuid?.() === 0) await chown(place, NOBODY, NOBODY);
  await chmod(dir, 0o555);
  await becomeUnprivileged(join(dir, ".."));
  const log = new LogRecorder();
  const queue = await openQueue(dir, MB, log);
  expect(log.lines).toEqual([
    "error outbox cannot be used and is set aside; its messages are lost unless somebody rescues them",
    "error outbox was damaged; the messages that stood there are lost",
  ]);
  expect(queue.stats()).toMatchObject({ depth: 2, lastId: 3, damaged: 2 });
  expect([queue.note("dropped"), queue.note("boot-number")]).toEqual(["7", "4"]);
  expect(await queue.append([Buffer.from("d")])).toEqual([4]);
  await queue.close();
});

/** The folder is there, but cannot be opened. */
async function broken() {
  const { dir } = await filled();
  await breakFolder(dir);
  return dir;
}

const KB = 1024;

test.each([
  { name: "at least 64 KiB", maxBytes: 100, entry: 8 * KB, entries: 20, files: 3 },
  { name: "a sixteenth of all", maxBytes: 4 * MB, entry: 32 * KB, entries: 20, files: 3 },
  { name: "at most 4 MiB", maxBytes: 1e12, entry: MB, entries: 9, files: 3 },
])("so much stands in a file that what has left gives its room back soon: $name", async (given) => {
  const dir = join(await tempDir(), "outbox");
  const queue = await openQueue(dir, given.maxBytes, new LogRecorder());
  for (let i = 0; i < given.entries; i += 1) await queue.append([Buffer.alloc(given.entry)]);
  expect((await readdir(dir)).filter((name) => name.endsWith(".seg"))).toHaveLength(given.files);
  await queue.close();
});

test("a folder that cannot be opened is set aside in place of the last such, with why and where", async () => {
  const dir = await broken();
  await mkdir(`${dir}.damaged`);
  await writeFile(join(`${dir}.damaged`, "older"), "");
  const log = new LogRecorder();
  const queue = await openQueue(dir, MB, log);
  expect(log.lines[0]).toMatch(/^error outbox cannot be used and is set aside; its messages are lost unless/);
  expect(log.fields[0]).toEqual({
    code: "INTERNAL",
    error: expect.stringContaining(`Cannot use ${dir}`),
    aside: `${dir}.damaged`,
  });
  expect(await readdir(`${dir}.damaged`)).not.toContain("older");
  await queue.close();
});

test("what waited in a folder that cannot be opened is counted, and its ids and notes go on", async () => {
  const { dir } = await filled();
  const marked = await openQueue(dir, MB, new LogRecorder());
  const notes = { dropped: "7", "boot-number": "4", other: "x" };
  await marked.append([Buffer.from("cccc")], new Map(Object.entries(notes)));
  await marked.remove([1]);
  await marked.close();
  await breakFolder(dir);
  const queue = await openQueue(dir, MB, new LogRecorder());
  expect(queue.stats()).toMatchObject({ depth: 2, lastId: 3, damaged: 2 });
  expect(["dropped", "boot-number", "other"].map((key) => queue.note(key))).toEqual(["7", "4", undefined]);
  await queue.close();
});

test("a mark that is lost with the folder leaves one message counted, for nobody knows how many", async () => {
  const dir = await broken();
  await rm(join(dir, "last"));
  const queue = await openQueue(dir, MB, new LogRecorder());
  expect([queue.note("dropped"), queue.stats().depth]).toEqual(["1", 0]);
  await queue.close();
});

test.skipIf(!canMount)(
  "a folder that cannot be moved either fails the start, and nothing is said to be aside",
  async () => {
    // A mount point cannot be renamed.
    const { dir } = await smallDisk(1);
    await breakFolder(dir);
    const log = new LogRecorder();
    await expect(openQueue(dir, MB, log)).rejects.toMatchObject({ code: "INTERNAL" });
    expect(log.lines).toEqual([]);
  },
);

test.skipIf(!canMount)("a loss that a full disk cannot note is said", async () => {
  const disk = await smallDisk(1);
  const dir = join(disk.dir, "outbox");
  await writeFile(dir, "a file");
  await writeFile(join(disk.dir, "junk"), Buffer.alloc(2 * MB)).catch(() => {});
  const log = new LogRecorder();
  const queue = await openQueue(dir, MB, log);
  expect(log.lines[1]).toBe("warn outbox cannot note the loss");
  expect(log.fields[1]).toEqual({ error: expect.stringMatching(/^The disk is full: /) });
  expect(queue.note("dropped")).toBeUndefined();
  await queue.close();
});

test.each([
  {
    name: "a torn write",
    spoil: (file: string) => appendFile(file, Buffer.from([0xd6, 0x4b, 0x5a, 0x01, 1])),
    line: "warn outbox ended in a torn write, which is set aside",
    fields: { ids: 0, bytes: 5 },
  },
  {
    name: "a file that cannot be read",
    spoil: (file: string) => rm(file).then(() => mkdir(file)),
    line: "error a file of the outbox cannot be read and is set aside",
    fields: { ids: 0, bytes: 0 },
  },
  {
    name: "an entry that is damaged",
    spoil: async (file: string) => {
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(1, bytes.indexOf("aaaa"), bytes.indexOf("aaaa") + 1));
    },
    line: "error outbox was damaged; the messages that stood there are lost",
    fields: { ids: 1, bytes: 28 },
  },
])("what is wrong with a file is said, with its name and what it costs: $name", async ({ spoil, line, fields }) => {
  const { dir, file } = await filled();
  await spoil(file);
  const log = new LogRecorder();
  const queue = await openQueue(dir, MB, log);
  expect(log.lines[0]).toBe(line);
  expect(log.fields[0]).toEqual({ file: basename(file), ...fields });
  await queue.close();
});

test("files of a backup that was copied over it are taken in, and said", async () => {
  const { dir } = await filled();
  const copy = join(dir, "..", "copy");
  await cp(dir, copy, { recursive: true });
  for (const [folder, text] of [
    [dir, "mine"],
    [copy, "theirs"],
  ] as const) {
    const queue = await DurableQueue.open(folder);
    await queue.append([Buffer.from(text)]);
    await queue.close();
  }
  await cp(copy, dir, { recursive: true });
  const log = new LogRecorder();
  const queue = await openQueue(dir, MB, log);
  expect(log.lines).toEqual(["error the outbox holds files of two branches of it; those of one are sent again"]);
  const texts = (await queue.read(0, 10)).map(({ value }) => Buffer.from(value).toString());
  expect(texts.sort()).toEqual(["aaaa", "bbbb", "mine", "theirs"]);
  await queue.close();
});
