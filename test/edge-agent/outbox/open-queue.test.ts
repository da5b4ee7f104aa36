import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openQueue } from "../../../edge-agent/outbox/open-queue.ts";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";

async function damaged() {
  const dir = join(await tempDir(), "outbox");
  const queue = await DurableQueue.open(dir);
  await queue.append([Buffer.from("a"), Buffer.from("b")], new Map([["dropped", "7"]]));
  await queue.close();
  await writeFile(join(dir, "CURRENT"), "rubbish");
  return dir;
}

test("a damaged outbox is repaired, which is said, and goes on", async () => {
  const dir = await damaged();
  const log = new LogRecorder();
  const queue = await openQueue(dir, log);
  expect(log.lines).toEqual(["error outbox was damaged and is repaired; messages may be lost"]);
  expect(queue.stats()).toMatchObject({ depth: 2, lastId: 2 });
  expect(queue.note("dropped")).toBe("7");
  expect(await queue.append([Buffer.from("c")])).toEqual([3]);
  await queue.close();
});

test("one beyond repair is set aside, which is said, and a new one begun; only the last is kept", async () => {
  const dir = await damaged();
  await mkdir(`${dir}.damaged`);
  await writeFile(join(`${dir}.damaged`, "earlier"), "");
  // The repair wants to write a file of this name.
  await mkdir(join(dir, "000001.dbtmp"));
  const log = new LogRecorder();
  const queue = await openQueue(dir, log);
  expect(log.lines).toEqual([
    "error outbox cannot be repaired",
    "error outbox was damaged and is set aside; its messages are lost unless somebody rescues them",
  ]);
  expect(await queue.append([Buffer.from("c")])).toEqual([1]);
  await access(join(`${dir}.damaged`, "CURRENT"));
  await expect(access(join(`${dir}.damaged`, "earlier"))).rejects.toThrow();
  await queue.close();
});

test("a folder that another process has open is left alone", async () => {
  const dir = join(await tempDir(), "outbox");
  const queue = await DurableQueue.open(dir);
  const log = new LogRecorder();
  await expect(openQueue(dir, log)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  expect(log.lines).toEqual([]);
  await queue.close();
});
