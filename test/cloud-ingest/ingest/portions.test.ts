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
    { name: "0x01, six times its size as JSON", payload: Buffer.alloc(65_000, 1), out: Array(200).fill(10) },
    {
      name: "one byte over the contract counts as what is kept",
      payload: Buffer.alloc(1e6, 1),
      out: Array(200).fill(10),
    },
  ])("weigh what messages become: $name", ({ payload, out }) => {
    expect(lengthsOf(new Portions(), entries(2000, payload))).toEqual(out);
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
