import { describe, expect, onTestFinished, test } from "vitest";
import { entryName, isEntryName, Streams } from "../../../cloud-ingest/inbox/streams.ts";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { tempDir } from "../../support/temp-dir.ts";

const NAME = "abcdefghijklm_-9";
const NAMED = /^[A-Za-z0-9_-]{16}$/;
const NAMED_LATER = /^[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{16}$/;

describe("the name of an entry", () => {
  test.each([`${NAME}:1`, `${NAME}.${NAME}:42`, entryName(NAME, 9_007_199_254_740_991)])("%s", (name) => {
    expect(isEntryName(name)).toBe(true);
  });

  test.each([
    `${NAME}:0`,
    `${NAME}:01`,
    `${NAME}:12345678901234567`,
    `${NAME}:`,
    `${NAME}:1x`,
    `x${NAME}:1`,
    `${NAME.slice(1)}:1`,
    `${NAME}x${NAME}:1`,
    `${NAME}.${NAME}.${NAME}:1`,
    `${NAME}.:1`,
    NAME,
    "",
  ])("is not %j", (name) => {
    expect(isEntryName(name)).toBe(false);
  });
});

/** A queue that is opened again at each start; gives its streams, and what writes so many messages to it. */
async function started() {
  const dir = await tempDir();
  let queue = await DurableQueue.open(dir);
  onTestFinished(() => queue.close());
  const start = async (isKept = false) => {
    await queue.close();
    queue = await DurableQueue.open(dir);
    const streams = new Streams(queue, isKept);
    const write = (count: number, notes = streams.startNotes()) =>
      queue.append(
        Array.from({ length: count }, () => Buffer.from("x")),
        notes,
      );
    return { queue, streams, write };
  };
  return start;
}

test("each start that takes a message has a name of its own, which begins like the first one's", async () => {
  const start = await started();
  const one = await start();
  expect([one.streams.names, one.streams.nameOf(1)]).toEqual([[], ""]);
  await one.write(3);
  expect(one.streams.startNotes()).toBe(one.streams.startNotes());
  const [first = ""] = one.streams.names;
  expect(first).toMatch(NAMED);
  expect((await start()).streams.names).toEqual([first]);
  const two = await start();
  await two.write(2);
  const [, second = ""] = two.streams.names;
  expect(second).toMatch(NAMED_LATER);
  expect(second.startsWith(`${first}.`)).toBe(true);
  const { streams } = await start();
  streams.startNotes();
  expect(streams.names[2]).toMatch(NAMED_LATER);
  expect([1, 3, 4, 5].map((id) => streams.nameOf(id))).toEqual([first, first, second, second]);
});

describe("a comparison", () => {
  /** Two starts, of three messages and of two; the warehouse has so many numbers of each. */
  async function compared(stored: readonly [number, number]) {
    const start = await started();
    for (const count of [3, 2]) await (await start()).write(count);
    const { streams, queue } = await start();
    const { names } = streams;
    const asked: string[] = [];
    const lastStored = async (name: string) => {
      asked.push(name);
      return stored[names.indexOf(name)] ?? 0;
    };
    const result = await streams.compare(lastStored);
    expect(asked).toEqual(names);
    return { ...result, beyond: streams.beyond, note: queue.note("beyond"), again: () => streams.compare(lastStored) };
  }

  test.each([
    { name: "all is stored", stored: [3, 5], is: { storedThrough: 5, newlyLost: 0 } },
    { name: "nothing is", stored: [0, 0], is: { storedThrough: 0, newlyLost: 0 } },
    { name: "a part of the first", stored: [2, 0], is: { storedThrough: 2, newlyLost: 0 } },
    { name: "the first alone", stored: [3, 0], is: { storedThrough: 3, newlyLost: 0 } },
    { name: "a part of the second", stored: [3, 4], is: { storedThrough: 4, newlyLost: 0 } },
    {
      name: "the second alone, of which nobody knows what came before",
      stored: [0, 5],
      is: { storedThrough: 0, newlyLost: 0 },
    },
    { name: "more of the first than is here", stored: [7, 5], is: { storedThrough: 5, newlyLost: 4 } },
    { name: "more of both", stored: [4, 8], is: { storedThrough: 5, newlyLost: 4 } },
  ] as const)("tells from where on the warehouse may lack something, and what it has beyond: $name", async (given) => {
    const { beyond, note, again, ...result } = await compared(given.stored);
    expect(result).toEqual(given.is);
    expect(beyond).toBe(given.is.newlyLost);
    expect(note).toBe(given.is.newlyLost === 0 ? undefined : String(given.is.newlyLost));
    // What is lost is said once.
    expect(await again()).toEqual({ ...given.is, newlyLost: 0 });
  });

  test("what was lost and came back counts no more", async () => {
    const start = await started();
    await (await start()).write(3);
    const one = await start();
    await one.streams.compare(async () => 9);
    const two = await start();
    expect(two.streams.beyond).toBe(6);
    await two.streams.compare(async () => 3);
    expect([two.streams.beyond, two.queue.note("beyond")]).toEqual([0, "0"]);
    expect((await start()).streams.beyond).toBe(0);
  });
});

describe("messages whose names are lost", () => {
  /** Five messages, of which two have left. */
  async function nameless(isKept: boolean, count = 5) {
    const start = await started();
    const one = await start();
    if (count > 0) await one.write(count, new Map());
    await one.queue.removeThrough(2);
    const { streams, queue } = await start(isKept);
    const asked: string[] = [];
    const result = await streams.compare(async (name) => {
      asked.push(name);
      return 0;
    });
    return { streams, queue, asked, result };
  }

  test("get one, from the oldest that waits on", async () => {
    const { streams, queue, asked, result } = await nameless(false);
    expect(streams.names).toEqual(asked);
    expect([streams.nameOf(2), streams.nameOf(3) === asked[0]]).toEqual(["", true]);
    expect(result).toEqual({ storedThrough: 2, newlyLost: 0 });
    expect(queue.note("streams")).toContain(asked[0] ?? "none");
  });

  test("get one from the oldest on that is kept, where what has left is served again", async () => {
    const { streams, asked, result } = await nameless(true);
    expect([asked.length, streams.nameOf(1)]).toEqual([1, asked[0]]);
    expect(result).toEqual({ storedThrough: 0, newlyLost: 0 });
  });

  test("get one though all have left, where they are kept", async () => {
    expect((await nameless(true, 2)).streams.names).toHaveLength(1);
    expect((await nameless(false, 2)).streams.names).toEqual([]);
  });

  test("need none when there are none", async () => {
    for (const isKept of [true, false]) {
      const { streams, asked, result } = await nameless(isKept, 0);
      expect([streams.names, asked, result]).toEqual([[], [], { storedThrough: 0, newlyLost: 0 }]);
    }
  });
});

test("the first messages after a start without names begin with what comes next", async () => {
  const start = await started();
  const one = await start();
  await one.write(2, new Map());
  await one.queue.removeThrough(2);
  const { streams } = await start();
  streams.startNotes();
  expect([streams.nameOf(2), streams.nameOf(3)]).toEqual(["", streams.names[0]]);
});
