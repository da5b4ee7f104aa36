import { expect, test } from "vitest";
import { IdRanges } from "../../../../firmware-config/kit/queue/id-ranges.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";

test("does what a set of ids does, in as few ranges as there are", () => {
  const random = seededRandom(3);
  const ranges = new IdRanges();
  const ids = new Set<number>();
  for (let round = 0; round < 2_000; round += 1) {
    const from = 1 + Math.floor(random() * 200);
    const to = from + Math.floor(random() * 4) - 1;
    ranges.add(from, to);
    for (let id = from; id <= to; id += 1) ids.add(id);
    if (round % 50 === 49) {
      ranges.cutAfter(from);
      for (const id of ids) if (id > from) ids.delete(id);
    }
    const missing = Array.from({ length: 300 }, (_, i) => i).filter((id) => !ids.has(id));
    expect(ranges.size).toBe(ids.size);
    expect(ranges.has(from)).toBe(ids.has(from));
    expect(ranges.countWithin(from - 5, from + 5)).toBe([...ids].filter((id) => Math.abs(id - from) <= 5).length);
    expect(ranges.nextMissing(from)).toBe(missing.find((id) => id >= from));
    expect(ranges.lastMissing(from)).toBe(missing.findLast((id) => id <= from));
    expect(ranges.list().length).toBe([...ids].filter((id) => !ids.has(id - 1)).length);
  }
});
