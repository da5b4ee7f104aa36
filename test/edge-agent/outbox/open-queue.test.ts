import { chmod, chown, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openQueue } from "../../../edge-agent/outbox/open-queue.ts";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
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
