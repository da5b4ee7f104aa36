import { describe, expect, it } from "vitest";
import { Portions } from "../../../cloud-ingest/ingest/portions.ts";

const entries = (count: number, payload: Uint8Array = Buffer.from("{}")) =>
  Array.from({ length: count }, (_, index) => ({
    id: `s:${index}`,
    message: { receivedAtMs: 0, topic: "t", payload },
  }));

const lengthsOf = (portions: Portions, batch: ReturnType<typeof entries>) =>
  [...portions.of(batch)].map(({ length }) => length);

describe("portions of a batch", () => {
  it.each([
    { name: "usual messages", payload: Buffer.alloc(600, "a"), out: [2000] },
    { name: "0x01, six times its size as JSON", payload: Buffer.alloc(65_000, 1), out: Array(125).fill(16) },
    {
      name: "one byte over the contract counts as what is kept",
      payload: Buffer.alloc(1e6, 1),
      out: [...Array(133).fill(15), 5],
    },
  ])("weigh what messages become: $name", ({ payload, out }) => {
    expect(lengthsOf(new Portions(), entries(2000, payload))).toEqual(out);
  });

  it("of two batches that are stored side by side have every message once", () => {
    const portions = new Portions();
    const [large, small] = [entries(25, Buffer.alloc(65_000, 1)), entries(3)];
    const first = portions.of(large);
    const seen = [...(first.next().value ?? [])];
    expect([...portions.of(small)].flat()).toEqual(small);
    for (const portion of first) seen.push(...portion);
    expect(seen).toEqual(large);
  });

  it("halve down to one message when memory does not do, and grow back", () => {
    const portions = new Portions();
    const batch = entries(40);
    const tried: number[] = [];
    for (let again = true; again; again = portions.halve()) tried.push(portions.of(batch).next().value?.length ?? 0);
    expect(tried).toEqual([40, 20, 10, 5, 2, 1]);
    const grown: number[] = [];
    for (let i = 0; i < 7 * 16; i += 1) {
      grown.push(portions.of(batch).next().value?.length ?? 0);
      portions.stored();
    }
    expect([...new Set(grown)]).toEqual([1, 2, 4, 8, 16, 32, 40]);
  });
});

describe("the weight of a message", () => {
  const MOST = 6 * 1024 * 1024;
  const of = (payload: Uint8Array, topic = "") => [{ id: "s:1", message: { receivedAtMs: 0, topic, payload } }];

  /** How many of these messages go into one portion. */
  const fitting = (payload: Uint8Array, topic?: string) => {
    const batch = Array.from({ length: 20_000 }, () => of(payload, topic)).flat();
    return new Portions().of(batch).next().value?.length;
  };

  it.each([
    { name: "plain text, which base64 would make longer", byte: 0x20, weight: Math.ceil((1_000 * 4) / 3) },
    { name: "a quote", byte: 0x22, weight: 2_000 },
    { name: "a backslash", byte: 0x5c, weight: 2_000 },
    { name: "the last that JSON cannot print", byte: 0x1f, weight: 6_000 },
  ])("is what it becomes: $name", ({ byte, weight }) => {
    expect(fitting(Buffer.alloc(1_000, byte))).toBe(Math.floor(MOST / (512 + weight)));
  });

  it("has that of its topic and of its row", () => {
    expect(fitting(Buffer.alloc(0))).toBe(MOST / 512);
    expect(fitting(Buffer.alloc(0), "t".repeat(512))).toBe(MOST / 1024);
    expect(fitting(Buffer.alloc(0), "t".repeat(513))).toBe(Math.floor(MOST / 1025));
  });
});

describe("portions after trouble", () => {
  const first = (portions: Portions, count = 40) => portions.of(entries(count)).next().value?.length;

  it("one message cannot be halved, and stays one", () => {
    const portions = new Portions();
    first(portions, 1);
    expect(portions.halve()).toBe(false);
    expect(first(portions)).toBe(1);
    const others = new Portions();
    first(others, 3);
    expect(others.halve()).toBe(true);
    expect(first(others)).toBe(1);
  });

  it("grow after sixteen in a row, and a failure begins the row anew", () => {
    const portions = new Portions();
    first(portions, 8);
    portions.halve();
    for (let i = 0; i < 15; i += 1) portions.stored();
    expect(first(portions)).toBe(4);
    portions.stored();
    expect(first(portions)).toBe(8);
    for (let i = 0; i < 15; i += 1) portions.stored();
    portions.halve();
    portions.stored();
    expect(first(portions)).toBe(4);
  });

  it("what is reported of one portion is heeded from the next on, and no message is left out", () => {
    const portions = new Portions();
    const taken: string[][] = [];
    for (const portion of portions.of(entries(10))) {
      taken.push(portion.map(({ id }) => id));
      if (taken.length === 1) portions.halve();
    }
    expect(taken.map(({ length }) => length)).toEqual([10]);
    const [one, ...rest] = portions.of(entries(12));
    expect([one?.length, rest.map(({ length }) => length)]).toEqual([5, [5, 2]]);
    expect([...portions.of([])]).toEqual([]);
  });
});
