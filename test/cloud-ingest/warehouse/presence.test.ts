import { describe, expect, it } from "vitest";
import { type DeviceRecord, deviceKey, foldPresence, statusOf } from "../../../cloud-ingest/warehouse/presence.ts";
import type { BirthMessage, StateMessage } from "../../../firmware-config/contract/presence.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";
import { birthMessage, CAM, countsMessage, dataRow, presenceRow, stateMessage } from "./rows.ts";

const START_MS = Date.parse("2026-03-02T00:00:00Z");
const iso = (ms: number) => new Date(ms).toISOString();
const at = (minute: number) => iso(START_MS + minute * 60_000);

/** One thing that the device or its broker said, and when it was received. */
type Heard =
  | { readonly receivedAt: string; readonly message: StateMessage | BirthMessage }
  | { readonly receivedAt: string; readonly data: string };

/** The device after it was heard in this order, each time as a batch of its own. */
function heardAll(heard: readonly Heard[]): DeviceRecord | undefined {
  let known: ReadonlyMap<string, DeviceRecord> = new Map();
  for (const one of heard) {
    const { receivedAt } = one;
    const data = "data" in one ? [{ ...dataRow(countsMessage(1, at(0), { bootId: one.data })), receivedAt }] : [];
    const presence = "message" in one ? [presenceRow(one.message, receivedAt)] : [];
    known = new Map([...known, ...foldPresence({ data, presence }, known)]);
  }
  return known.get(deviceKey(CAM));
}

const isOnline = (heard: readonly Heard[]) => {
  const record = heardAll(heard);
  return record && statusOf(record).online;
};

interface Boot {
  readonly id: string;
  readonly number?: number;
  /** What the device's clock told at this boot. */
  readonly clock: string;
}

/** Birth and `online` of a connection, then its end; `connection` counts within the boot from 1. */
function said({ id, number, clock }: Boot, connection: number) {
  const counted = number === undefined ? {} : { bootNumber: number };
  const seq = (order: number) => (number === undefined ? {} : { stateSeq: connection * 3 + order });
  return {
    birth: { ...birthMessage(clock, { bootId: id, agentVersion: id }), ...counted },
    online: { ...stateMessage("online", id, clock), ...counted, ...seq(0) },
    will: { ...stateMessage("offline", id, clock), ...counted, ...seq(1) },
    stop: { ...stateMessage("offline", id, clock), ...counted, ...seq(2), reason: "stop" as const },
  };
}

const WRONG_CLOCKS = [
  "1970-01-01T00:00:05Z",
  "2019-05-05T00:00:00Z",
  at(0),
  "2031-01-01T00:00:00Z",
  "2099-12-31T00:00:00Z",
];

describe("a device with a counter of its boots", () => {
  const clocks = WRONG_CLOCKS.flatMap((first) => WRONG_CLOCKS.map((second) => ({ first, second })));

  it.each(clocks)("is what its newest boot said, with clocks of $first, then $second", ({ first, second }) => {
    const older = said({ id: "boot-aaaa", number: 7, clock: first }, 1);
    const newer = said({ id: "boot-bbbb", number: 8, clock: second }, 1);
    const history = [
      { receivedAt: at(0), message: older.birth },
      { receivedAt: at(0), message: older.online },
      { receivedAt: at(5), message: newer.birth },
      { receivedAt: at(5), message: newer.online },
      { receivedAt: at(6), message: older.will },
    ];
    expect(heardAll(history)).toMatchObject({ online: true, bootId: "boot-bbbb", agentVersion: "boot-bbbb" });
    expect(isOnline([...history, { receivedAt: at(9), message: newer.will }])).toBe(false);
  });

  it("is known from its newest boot, however an unordered bus mixes what was said", () => {
    const random = seededRandom(12);
    for (let round = 0; round < 2_000; round++) {
      const { heard, online, bootId } = lifeOf(random);
      const record = heardAll(shuffled(heard, random));
      expect({
        round,
        bootId: record?.bootId,
        version: record?.agentVersion,
        online: record && statusOf(record).online,
      }).toEqual({
        ...{ round, bootId, version: bootId, online },
      });
    }
  });

  it("is not an older boot for ever when its disk was lost and the counter began again", () => {
    const older = said({ id: "boot-aaaa", number: 41, clock: at(0) }, 1);
    const fresh = said({ id: "boot-bbbb", number: 1, clock: "1970-01-01T00:00:00Z" }, 1);
    const history = [
      { receivedAt: at(0), message: older.birth },
      { receivedAt: at(0), message: older.online },
      { receivedAt: at(2), message: fresh.birth },
      { receivedAt: at(2), message: fresh.online },
      { receivedAt: at(3), message: older.will },
      { receivedAt: at(3), message: older.online },
    ];
    expect(heardAll(history)).toMatchObject({ online: true, bootId: "boot-bbbb", agentVersion: "boot-bbbb" });
    const next = said({ id: "boot-cccc", number: 2, clock: at(9) }, 1);
    const later = [...history, { receivedAt: at(9), message: next.online }, { receivedAt: at(10), message: next.stop }];
    expect(heardAll(later)).toMatchObject({ online: false, stopped: true, bootId: "boot-cccc" });
  });

  it("is not ended by what an unknown boot before its lost disk said, heard late", () => {
    const older = said({ id: "boot-aaaa", number: 41, clock: at(0) }, 1);
    const fresh = said({ id: "boot-bbbb", number: 1, clock: at(2) }, 1);
    const history = [
      { receivedAt: at(2), message: fresh.online },
      { receivedAt: at(1), message: older.will },
    ];
    expect(heardAll(history)).toMatchObject({ online: true, bootId: "boot-bbbb" });
  });

  it("is alive when data came through a connection after the one that ended", () => {
    const boot = said({ id: "boot-aaaa", number: 7, clock: at(0) }, 1);
    const ended = [
      { receivedAt: at(0), message: boot.online },
      { receivedAt: at(5), message: boot.will },
    ];
    expect(isOnline([...ended, { receivedAt: at(4), data: "boot-aaaa" }])).toBe(false);
    expect(isOnline([...ended, { receivedAt: iso(Date.parse(at(5)) + 5_000), data: "boot-aaaa" }])).toBe(false);
    expect(isOnline([...ended, { receivedAt: iso(Date.parse(at(5)) + 5_001), data: "boot-aaaa" }])).toBe(true);
    expect(isOnline([{ receivedAt: at(6), data: "boot-aaaa" }, ...ended])).toBe(true);
  });
});

describe("a device without a counter", () => {
  it("is what its newest boot said though its clock was years ahead before", () => {
    const older = said({ id: "boot-aaaa", clock: "2031-01-01T00:00:00Z" }, 1);
    const newer = said({ id: "boot-bbbb", clock: at(5) }, 1);
    const history = [
      { receivedAt: at(0), message: older.birth },
      { receivedAt: at(0), message: older.online },
      { receivedAt: at(5), message: newer.birth },
      { receivedAt: at(5), message: newer.online },
      { receivedAt: at(6), message: older.will },
    ];
    expect(heardAll(history)).toMatchObject({ online: true, bootId: "boot-bbbb", agentVersion: "boot-bbbb" });
  });

  it("gains one with an update, and loses it with a step back", () => {
    const before = said({ id: "boot-aaaa", clock: at(0) }, 1);
    const counted = said({ id: "boot-bbbb", number: 1, clock: "2019-01-01T00:00:00Z" }, 1);
    const after = said({ id: "boot-cccc", clock: "2019-01-01T00:00:00Z" }, 1);
    const history = [before, counted, after].map(({ online }, i) => ({ receivedAt: at(i), message: online }));
    expect([1, 2, 3].map((count) => heardAll(history.slice(0, count))?.bootId)).toEqual([
      "boot-aaaa",
      "boot-bbbb",
      "boot-cccc",
    ]);
  });
});

describe("which boot is the newest", () => {
  it("is not one with a counter that is heard of late, beside a newer one without", () => {
    const older = said({ id: "boot-aaaa", number: 3, clock: at(1) }, 1);
    const newer = said({ id: "boot-bbbb", clock: at(5) }, 1);
    const history = [
      { receivedAt: at(5), message: newer.online },
      { receivedAt: at(3), message: older.online },
    ];
    expect(heardAll(history)).toMatchObject({ online: true, bootId: "boot-bbbb", bootNumber: 0 });
    const counted = { ...newer.online, bootNumber: 4 };
    const uncounted = { ...said({ id: "boot-aaaa", clock: at(1) }, 1).online };
    expect(
      heardAll([
        { receivedAt: at(5), message: counted },
        { receivedAt: at(3), message: uncounted },
      ]),
    ).toMatchObject({
      ...{ bootId: "boot-bbbb", bootNumber: 4 },
    });
  });

  it.each([
    { name: "received later", receivedAt: at(6), clock: at(1), bootId: "boot-bbbb" },
    { name: "received at the same time and begun at the same", receivedAt: at(5), clock: at(5), bootId: "boot-bbbb" },
    { name: "received at the same time and begun before", receivedAt: at(5), clock: at(4), bootId: "boot-aaaa" },
    { name: "received before and begun later", receivedAt: at(4), clock: at(7), bootId: "boot-bbbb" },
  ])("without counters is told by either clock: $name", ({ receivedAt, clock, bootId }) => {
    const one = said({ id: "boot-aaaa", clock: at(5) }, 1);
    const other = said({ id: "boot-bbbb", clock }, 1);
    const history = [
      { receivedAt: at(5), message: one.online },
      { receivedAt, message: other.online },
    ];
    expect(heardAll(history)).toMatchObject({ bootId });
  });

  it("is begun by no offline, unless nothing is known or its number is higher and it is heard later", () => {
    const known = { receivedAt: at(5), message: said({ id: "boot-aaaa", number: 7, clock: at(5) }, 1).online };
    const will = (number: number, minute: number) => ({
      ...{ receivedAt: at(minute), message: said({ id: "boot-bbbb", number, clock: at(9) }, 1).will },
    });
    expect(heardAll([will(1, 1)])).toMatchObject({ bootId: "boot-bbbb", bootStartedAt: "", online: false });
    expect(heardAll([known, will(8, 6)])).toMatchObject({ bootId: "boot-bbbb", online: false });
    for (const late of [will(8, 5), will(7, 6), will(6, 6)])
      expect(heardAll([known, late])).toMatchObject({ bootId: "boot-aaaa", online: true });
  });

  it("never comes back once it was replaced, for the last eight of them", () => {
    const boots = Array.from({ length: 10 }, (_, nth) => said({ id: `boot-${nth}`, clock: at(nth) }, 1));
    const history = boots.map(({ online }, nth) => ({ receivedAt: at(nth), message: online }));
    const record = heardAll(history);
    expect(record?.olderBoots).toBe([8, 7, 6, 5, 4, 3, 2, 1].map((nth) => `boot-${nth}`).join(" "));
    const again = (nth: number) => heardAll([...history, { receivedAt: at(20), message: boots[nth]!.online }])?.bootId;
    expect([again(8), again(1), again(0)]).toEqual(["boot-9", "boot-9", "boot-0"]);
  });
});

it("a device of which only data came has said nothing of itself", () => {
  expect(heardAll([{ receivedAt: "2026-03-02T09:01:00+09:00", data: "boot-aaaa" }])).toEqual({
    ...{
      ...CAM,
      bootId: "",
      bootNumber: 0,
      bootStartedAt: "",
      bootAt: "",
      olderBoots: "",
      online: false,
      stopped: false,
    },
    ...{ stateSeq: 0, stateAt: "", lastDataAt: at(1), lastSeenAt: at(1), birthTs: "", agentVersion: "", modelName: "" },
    cameras: "[]",
  });
});

describe("within a boot", () => {
  const boot = said({ id: "boot-aaaa", clock: at(1) }, 1);
  const birth = (ts: string, agentVersion: string) => birthMessage(ts, { bootId: "boot-aaaa", agentVersion });

  it("names and versions are those of the last birth, by the device's own clock and then by arrival", () => {
    const version = (...births: readonly BirthMessage[]) =>
      heardAll(births.map((message, nth) => ({ receivedAt: at(nth), message })))?.agentVersion;
    expect(version(birth(at(2), "2"), birth(at(1), "1"))).toBe("2");
    expect(version(birth(at(2), "2"), birth(at(2), "3"))).toBe("3");
    expect(version(birth(at(1), "1"), birth("2026-03-02T09:02:00+09:00", "2"))).toBe("2");
  });

  it("states count by their number, or without one as they come", () => {
    const numbered = (stateSeq: number, state: "online" | "offline") => ({
      ...{ receivedAt: at(5), message: { ...stateMessage(state, "boot-aaaa", at(1)), stateSeq } },
    });
    expect(isOnline([numbered(4, "online"), numbered(4, "offline")])).toBe(true);
    expect(isOnline([numbered(4, "online"), numbered(5, "offline")])).toBe(false);
    expect(isOnline([numbered(4, "online"), { receivedAt: at(5), message: boot.will }])).toBe(false);
    expect(heardAll([numbered(4, "online"), { receivedAt: at(5), message: boot.will }])?.stateSeq).toBe(0);
  });

  it("begins with its first online, and is heard of last by whatever came latest", () => {
    const history = [
      { receivedAt: at(3), message: boot.will },
      { receivedAt: at(2), message: { ...boot.online, ts: "2026-03-02T09:01:00+09:00" } },
      { receivedAt: at(4), message: { ...boot.online, ts: at(9) } },
      { receivedAt: at(1), data: "boot-aaaa" },
    ];
    expect(heardAll(history)).toMatchObject({
      ...{ bootStartedAt: at(1), bootAt: at(3), stateAt: at(4), lastSeenAt: at(4), lastDataAt: at(1) },
    });
  });

  it("is stopped only while nothing proves the contrary", () => {
    const stopped = [{ receivedAt: at(1), message: boot.stop }];
    const status = (heard: readonly Heard[]) => statusOf(heardAll(heard)!);
    expect(status(stopped)).toMatchObject({ online: false, stopped: true });
    expect(status([...stopped, { receivedAt: at(2), data: "boot-aaaa" }])).toMatchObject({
      online: true,
      stopped: false,
    });
    expect(status([{ receivedAt: at(1), message: boot.will }])).toMatchObject({ online: false, stopped: false });
    expect(status([{ receivedAt: at(1), data: "boot-aaaa" }])).toMatchObject({ online: false, stopped: false });
  });
});

describe("times of receipt that our clock told while it was ahead", () => {
  const FUTURE = "2100-01-02T00:00:00.000Z";
  const boot = said({ id: "boot-aaaa", number: 7, clock: at(0) }, 1);
  const nextBoot = said({ id: "boot-bbbb", number: 1, clock: at(0) }, 1);
  const data = (receivedAt: string) => ({
    data: [{ ...dataRow(countsMessage(1, at(0), { bootId: "boot-aaaa" })), receivedAt }],
    presence: [],
  });
  const state = (message: StateMessage, receivedAt: string) => ({
    data: [],
    presence: [presenceRow(message, receivedAt)],
  });

  /** The device after these batches, each stored at its time. */
  function stored(...batches: readonly (readonly [now: string, Parameters<typeof foldPresence>[0]])[]) {
    let known: ReadonlyMap<string, DeviceRecord> = new Map();
    for (const [now, some] of batches) known = foldPresence(some, known, Date.parse(now));
    const record = known.get(deviceKey(CAM));
    return record && { ...statusOf(record), bootId: record.bootId };
  }

  it("give way to newer ones once the clock is right", () => {
    expect(stored([FUTURE, data(FUTURE)], [at(5), data(at(5))])).toMatchObject({ lastSeenAt: at(5) });
  });

  it("are times of now when they waited or are replayed", () => {
    expect(stored([at(5), data(FUTURE)])).toMatchObject({ lastSeenAt: at(5) });
  });

  it("keep no device online that said goodbye since, and none offline that counts", () => {
    expect(stored([FUTURE, data(FUTURE)], [at(5), state(boot.stop, at(5))])).toMatchObject({ online: false });
    const ended = [FUTURE, state(boot.will, FUTURE)] as const;
    expect(stored(ended, [at(5), data(at(5))], [at(6), data(at(6))])).toMatchObject({ online: true });
  });

  it("hide no new boot whose counter began again", () => {
    const batches = [FUTURE, state(boot.online, FUTURE)] as const;
    expect(stored(batches, [at(5), state(nextBoot.online, at(5))])).toMatchObject({ bootId: "boot-bbbb" });
  });

  it("stay within what NTP corrects", () => {
    expect(stored([at(4), data(at(4))], [at(1), data(at(1))])).toMatchObject({ lastSeenAt: at(4) });
  });
});

/** Some boots of some connections each, every boot with a clock of its own, and what is true in the end. */
function lifeOf(random: () => number) {
  const heard: Heard[] = [];
  let minute = 0;
  let online = false;
  const boots = 1 + Math.floor(random() * 4);
  const idOf = (number: number) => `boot-000${number}`;
  for (let number = 1; number <= boots; number++) {
    const clock = WRONG_CLOCKS[Math.floor(random() * WRONG_CLOCKS.length)] ?? at(0);
    const connections = 1 + Math.floor(random() * 3);
    for (let connection = 1; connection <= connections; connection++) {
      const { birth, ...states } = said({ id: idOf(number), number, clock }, connection);
      heard.push({ receivedAt: at(++minute), message: birth }, { receivedAt: at(minute), message: states.online });
      heard.push({ receivedAt: at(++minute), data: idOf(number) });
      online = number === boots && connection === connections && random() < 0.5;
      // A will may come after the next connection has begun.
      if (!online)
        heard.push({
          receivedAt: at(minute + (random() < 0.3 ? 0.01 : 1.5)),
          message: random() < 0.5 ? states.will : states.stop,
        });
      minute += 1;
    }
  }
  return { heard, online, bootId: idOf(boots) };
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
