import { expect, onTestFinished, test } from "vitest";
import { Lanes } from "../../../edge-agent/mqtt/lanes.ts";
import { Outbox } from "../../../edge-agent/outbox/outbox.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { eventDraft, FakeClock } from "../../support/drafts.ts";
import { tempDir } from "../../support/temp-dir.ts";

const PER_S = 5;

/** Lanes over a real outbox that held `backlog` messages when the connection was made. */
async function setUp(backlog: number, nowMs = 0) {
  const limits = { maxBytes: 1e8, maxAgeMs: 1e12 };
  const identity = { dir: await tempDir(), deviceId: "cam-1", bootId: "boot-0001" };
  const outbox = await Outbox.open({
    ...identity,
    ...limits,
    clock: new FakeClock(),
    isClockSynced: () => true,
    log: silentLog,
  });
  onTestFinished(() => outbox.close());
  const add = async (count: number) => {
    await outbox.commit(
      Array.from({ length: count }, () => eventDraft()),
      undefined,
    );
    await outbox.flush(AbortSignal.timeout(5_000));
  };
  await add(backlog);
  const reads: number[] = [];
  const read = (afterId: number, limit: number) => {
    reads.push(afterId);
    return outbox.read(afterId, limit);
  };
  const lanes = new Lanes({ lastId: outbox.lastId, read }, PER_S, nowMs);
  const take = async (atMs: number) => {
    const taken: string[] = [];
    for (let next = await lanes.next(atMs); next !== undefined; next = await lanes.next(atMs))
      taken.push(`${next.historical ? "old" : "live"} ${next.message.seq}`);
    return taken;
  };
  return { lanes, add, take, reads };
}

const old = (from: number, count: number) => Array.from({ length: count }, (_, i) => `old ${from + i}`);
const live = (from: number, count: number) => Array.from({ length: count }, (_, i) => `live ${from + i}`);

test("the backlog begins with a second's worth at once, and then goes at its rate, not a message more", async () => {
  const { lanes, take } = await setUp(40);
  const first = await lanes.next(0);
  const start = first?.message.seq ?? 0;
  expect(first?.historical).toBe(true);
  expect(await take(0)).toEqual(old(start + 1, PER_S - 1));
  expect(lanes.throttled).toBe(true);
  expect(await take(199)).toEqual([]);
  expect(lanes.throttled).toBe(true);
  expect(await take(200)).toEqual(old(start + 5, 1));
  expect(await take(200)).toEqual([]);
  expect(await take(1_200)).toEqual(old(start + 6, 5));
  expect(await take(1_300)).toEqual([]);
  expect(await take(1_400)).toEqual(old(start + 11, 1));
  expect(await take(2_399.5)).toEqual(old(start + 12, 4));
});

test("over a long time it is the rate, however often it is asked", async () => {
  const { take } = await setUp(400);
  let taken = 0;
  for (let atMs = 0; atMs <= 20_000; atMs += 37) taken += (await take(atMs)).length;
  expect(taken).toBe(PER_S + 20 * PER_S - 1);
});

test("what was not used does not add up: after an idle hour it is a second's worth again", async () => {
  const { take } = await setUp(40);
  await take(0);
  expect(await take(3_600_000)).toHaveLength(PER_S);
});

test("a clock that is asked earlier than before takes nothing away, and gives nothing twice", async () => {
  const { take } = await setUp(40, 10_000);
  expect(await take(9_000)).toHaveLength(PER_S);
  expect(await take(9_100)).toHaveLength(0);
  expect(await take(9_200)).toHaveLength(1);
});

test("live messages go first, uncounted and unlimited, and are never sent a second time as backlog", async () => {
  const { lanes, add, take } = await setUp(7);
  await add(20);
  const all = await take(0);
  const start = Number(all[0]?.split(" ")[1]) - 7;
  expect(all).toEqual([...live(start + 7, 20), ...old(start, 5)]);
  await add(1);
  expect(await take(0)).toEqual(live(start + 27, 1));
  expect(await take(60_000)).toEqual(old(start + 5, 2));
  expect(await take(120_000)).toEqual([]);
  expect(lanes.throttled).toBe(false);
});

test("an empty backlog uses up nothing and holds up nothing", async () => {
  const { lanes, add, take } = await setUp(0);
  for (let i = 0; i < 3 * PER_S; i++) expect(await lanes.next(0)).toBeUndefined();
  expect(lanes.throttled).toBe(false);
  await add(2);
  expect(await take(0)).toEqual(live(0, 2));
});

test("throttled means less than one message's worth", async () => {
  const { lanes, take } = await setUp(4);
  await take(0);
  expect(lanes.throttled).toBe(false);
  const { lanes: others, take: takeOthers } = await setUp(5);
  await takeOthers(0);
  expect(others.throttled).toBe(true);
});

test("a backlog longer than what is read at once comes whole, in order and once", async () => {
  const { take, reads } = await setUp(600);
  const taken: string[] = [];
  for (let atS = 0; atS < 130; atS++) taken.push(...(await take(atS * 1_000)));
  const start = Number(taken[0]?.split(" ")[1]);
  expect(taken).toEqual(old(start, 600));
  expect(reads.filter((afterId) => afterId < 600).length).toBeLessThan(20);
});

test("a backlog that is through is not read again: an idle connection reads once at each look", async () => {
  const { take, add, reads } = await setUp(3);
  await take(0);
  await add(2);
  reads.length = 0;
  expect(await take(60_000)).toHaveLength(2);
  // The live lane's entries, and that there are no more.
  expect(reads).toHaveLength(2);
});
