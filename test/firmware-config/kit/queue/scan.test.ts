import { describe, expect, test } from "vitest";
import { encode, type QueueRecord, sizeOf } from "../../../../firmware-config/kit/queue/record.ts";
import { EntryIndex, type ScanPlace, scan } from "../../../../firmware-config/kit/queue/scan.ts";

const SALT = 77;
const FIRST = 11;

const entry = (id: number, needsCommit = false): QueueRecord => {
  return { type: "entry", id, needsCommit, value: Buffer.from("v".repeat(id)) };
};
const commit = (id: number): QueueRecord => ({ type: "commit", id, text: '{"removed":[],"notes":[]}' });
const SNAPSHOT: QueueRecord = { type: "snapshot", id: FIRST - 1, text: '{"removed":[],"notes":[]}' };
const WHOLE = [SNAPSHOT, entry(11), entry(12, true), entry(13, true), commit(13), entry(14)];

/** The records one after another, and where each begins. */
function file(records: readonly QueueRecord[]) {
  const bytes = Buffer.alloc(records.reduce((sum, record) => sum + sizeOf(record), 0));
  const starts: number[] = [];
  let at = 0;
  for (const record of records) {
    starts.push(at);
    at = encode(record, bytes, at, SALT);
  }
  return { bytes, starts };
}

function scanned(bytes: Buffer, place: Partial<ScanPlace> = {}) {
  const { index, states, damage, torn } = scan(bytes, { salt: SALT, firstId: FIRST, ...place });
  const ids = Array.from({ length: index.starts.length }, (_, i) => FIRST + i);
  const good = ids.filter((id) => !index.damaged.has(id));
  return { good, damaged: [...index.damaged], states: states.map(({ type }) => type), damage, torn, index };
}

/** The bytes with those of one record spoilt, but for its end. */
function spoilt(records: readonly QueueRecord[], which: number) {
  const { bytes, starts } = file(records);
  const start = starts[which] ?? 0;
  const end = starts[which + 1] ?? bytes.length;
  bytes.fill(0, start, end - 4);
  return { bytes, start, end };
}

test("finds every record, and where the values stand", () => {
  const { bytes } = file(WHOLE);
  const { index, ...found } = scanned(bytes);
  expect(found).toEqual({ good: [11, 12, 13, 14], damaged: [], states: ["snapshot", "commit"], damage: [], torn: 0 });
  expect([index.firstId, index.lastId]).toEqual([11, 14]);
  for (const [i, start] of index.starts.entries()) {
    const id = FIRST + i;
    expect(index.sizeOf(id)).toBe(id);
    expect(bytes.toString("latin1", start, start + index.sizeOf(id))).toBe("v".repeat(id));
  }
  expect([index.sizeOf(10), index.sizeOf(15)]).toEqual([0, 0]);
});

test("of an empty file nothing is told", () => {
  expect(scanned(Buffer.alloc(0))).toMatchObject({ good: [], damaged: [], states: [], damage: [], torn: 0 });
});

describe("a record that is damaged between others costs what stood there", () => {
  test.each([
    { which: 0, lost: [], left: ["commit"] },
    { which: 1, lost: [11], left: ["snapshot", "commit"] },
    { which: 3, lost: [13], left: ["snapshot", "commit"] },
    { which: 4, lost: [], left: ["snapshot"] },
  ])("the record $which of six", ({ which, lost, left }) => {
    const { bytes, start, end } = spoilt(WHOLE, which);
    const found = scanned(bytes);
    expect(found.damaged).toEqual(lost);
    expect(found.good).toEqual([11, 12, 13, 14].filter((id) => !lost.includes(id)));
    expect(found.states).toEqual(left);
    expect(found.damage).toMatchObject([{ start, end }]);
    expect(found.torn).toBe(0);
  });

  test("two neighbours share the damaged bytes", () => {
    const { bytes, starts } = file(WHOLE);
    const [, from = 0, , to = 0] = starts;
    bytes.fill(0, from, to);
    const { index, damage, damaged } = scanned(bytes);
    expect(damaged).toEqual([11, 12]);
    expect(damage).toEqual([{ start: from, end: to, fromId: 11, toId: 12 }]);
    expect(index.starts.slice(0, 2)).toEqual([from, from + Math.floor((to - from) / 2)]);
    expect(index.sizeOf(11) + index.sizeOf(12)).toBe(to - from);
  });
});

describe("the end of the newest file", () => {
  test("cut at any place, it holds what was whole and, where a commit was due, what had it", () => {
    const { bytes, starts } = file(WHOLE);
    const ends = [...starts.slice(1), bytes.length];
    for (let length = 0; length < bytes.length; length += 1) {
      // A record is whole without its end marker.
      const whole = ends.filter((end) => length >= end - 4).length;
      const { good, damage, torn } = scanned(bytes.subarray(0, length));
      expect(good.length).toBe([0, 0, 1, 1, 1, 3, 4][whole]);
      expect(torn).toBe(Math.max(0, length - (ends[whole - 1] ?? 0)));
      expect(damage).toEqual([]);
    }
  });

  test("cut before the only commit, it holds nothing", () => {
    const { bytes, starts } = file([entry(11, true), entry(12, true), commit(12)]);
    expect(scanned(bytes.subarray(0, starts[2])).good).toEqual([]);
    expect(scanned(bytes.subarray(0, (starts[2] ?? 0) + 9))).toMatchObject({ good: [], torn: 9 });
  });

  test("spoilt but written to its end, an entry stood there", () => {
    const { bytes, start, end } = spoilt(WHOLE, 5);
    expect(scanned(bytes)).toMatchObject({
      good: [11, 12, 13],
      damaged: [14],
      damage: [{ start, end, fromId: 14, toId: 14 }],
      torn: 0,
    });
  });

  test("spoilt where a commit was due, it was the commit", () => {
    const { bytes, start, end } = spoilt(WHOLE.slice(0, 5), 4);
    expect(scanned(bytes)).toMatchObject({
      good: [11, 12, 13],
      damaged: [],
      damage: [{ start, end, fromId: 14, toId: 13 }],
    });
  });

  test.each([
    { name: "the mark knows of no entry in it", toldId: FIRST - 1, lost: [] },
    { name: "the mark knows of one", toldId: FIRST, lost: [11] },
    { name: "there is no mark", toldId: undefined, lost: [11] },
  ])("spoilt with nothing but state in it, when $name", ({ toldId, lost }) => {
    const { bytes } = spoilt([SNAPSHOT], 0);
    expect(scanned(bytes, { toldId }).damaged).toEqual(lost);
  });

  test("spoilt behind entries, one is lost whatever the mark knows", () => {
    const { bytes } = spoilt([SNAPSHOT, entry(11), entry(12)], 2);
    expect(scanned(bytes, { toldId: FIRST - 1 }).damaged).toEqual([12]);
  });
});

describe("a file before the newest", () => {
  test("lacks what a later one tells that it held", () => {
    const { bytes } = file(WHOLE);
    expect(scanned(bytes, { lastId: 16 })).toMatchObject({
      good: [11, 12, 13, 14],
      damaged: [15, 16],
      damage: [{ start: bytes.length, end: bytes.length, fromId: 15, toId: 16 }],
      torn: 0,
    });
  });

  test("has nothing damaged when all is there", () => {
    expect(scanned(file(WHOLE).bytes, { lastId: 14 })).toMatchObject({ damage: [], damaged: [] });
  });

  test("holds no more than a later one tells, and what stands behind it is not said to be damaged", () => {
    const { bytes } = file(WHOLE);
    const found = scanned(Buffer.concat([bytes, Buffer.from("rest")]), { lastId: 12 });
    expect(found).toMatchObject({ good: [11, 12], damaged: [], damage: [], torn: 0 });
    expect(found.index.sizes).toHaveLength(2);
    expect(scanned(Buffer.concat([bytes, Buffer.from("rest")]), { lastId: 14 }).damage).toEqual([]);
  });

  test("cut, it lacks the rest with the bytes that are left of it", () => {
    const { bytes, starts } = file(WHOLE);
    const cut = bytes.subarray(0, (starts[3] ?? 0) + 5);
    expect(scanned(cut, { lastId: 14 })).toMatchObject({
      good: [11, 12],
      damaged: [13, 14],
      damage: [{ start: starts[3], end: cut.length, fromId: 13, toId: 14 }],
    });
  });
});

describe("a record that cannot stand there is none", () => {
  test.each([
    { name: "an entry of an id that was", records: [entry(11), entry(12), entry(12), entry(13)], good: [11, 12, 13] },
    {
      name: "a commit of before the last entry",
      records: [entry(11), entry(12), commit(11), entry(13)],
      good: [11, 12, 13],
    },
  ])("$name", ({ records, good }) => {
    const { bytes, starts } = file(records);
    const found = scanned(bytes);
    expect(found).toMatchObject({ good, damaged: [], states: [] });
    expect(found.damage).toMatchObject([{ start: starts[2], end: starts[3] }]);
  });

  test("one of a later id says that those before it are lost", () => {
    expect(scanned(file([entry(11), entry(14)]).bytes)).toMatchObject({ good: [11, 14], damaged: [12, 13] });
    expect(scanned(file([entry(11), commit(12)]).bytes)).toMatchObject({
      good: [11],
      damaged: [12],
      states: ["commit"],
    });
  });
});

describe("an index", () => {
  function filled() {
    const index = new EntryIndex(5);
    index.add(100, 10);
    index.addDamage({ start: 110, end: 120, fromId: 6, toId: 8 });
    return index;
  }

  test("shares damaged bytes out to all that are missing, none twice", () => {
    const index = filled();
    expect(index.lastId).toBe(8);
    expect(index.starts).toEqual([100, 110, 113, 116]);
    expect(index.sizes).toEqual([10, 3, 3, 4]);
    expect([...index.damaged]).toEqual([6, 7, 8]);
  });

  test.each([
    { after: 9, last: 8, damaged: [6, 7, 8] },
    { after: 7, last: 7, damaged: [6, 7] },
    { after: 5, last: 5, damaged: [] },
    { after: 1, last: 4, damaged: [] },
  ])("cut after $after ends with $last", ({ after, last, damaged }) => {
    const index = filled();
    index.cutAfter(after);
    expect([index.lastId, index.sizes.length, [...index.damaged]]).toEqual([last, last - 4, damaged]);
  });
});
