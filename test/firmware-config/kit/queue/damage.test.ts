import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MARK_FILE } from "../../../../firmware-config/kit/queue/mark.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";
import { DAMAGES, damageFile } from "../../../support/damage.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { contentOf, copyOf, filled, opened, range, segmentsOf, value } from "./queue-rig.ts";

test("cut at every place of its last records, it holds what was whole by then, entries and note together", async () => {
  const dir = await tempDir();
  const queue = await filled(dir, { count: 9, perAppend: 3, mark: true });
  await queue.close();
  const [name = ""] = await segmentsOf(dir);
  const whole = await readFile(join(dir, name));
  const seen = new Set<string>();
  for (let length = whole.length; length >= whole.length - 260; length -= 1) {
    const copy = await copyOf(dir);
    // A write that is torn was never marked; this one was.
    await rm(join(copy, MARK_FILE));
    await truncate(join(copy, name), length);
    const { queue: torn } = await opened(copy);
    const { good, damaged } = await contentOf(torn);
    const last = good.at(-1) ?? 0;
    expect({ damaged, note: torn.note("last") }).toEqual({ damaged: [], note: last === 0 ? undefined : String(last) });
    expect(good).toEqual(range(1, last));
    expect(await torn.append([value(last + 1)])).toEqual([last + 1]);
    seen.add(String(last));
    await torn.close();
  }
  expect([...seen].slice(0, 2)).toEqual(["9", "6"]);
});

test("a flipped bit at any place costs the entry that stands there and no other, and is said", async () => {
  const dir = await tempDir();
  const queue = await filled(dir, { count: 20, perAppend: 2, mark: true });
  await queue.close();
  const [name = ""] = await segmentsOf(dir);
  const whole = await readFile(join(dir, name));
  let hurt = 0;
  for (let at = 0; at < whole.length; at += 7) {
    const copy = await copyOf(dir);
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    await writeFile(join(copy, name), bytes);
    const { queue: flipped, reports } = await opened(copy);
    const { good, damaged } = await contentOf(flipped);
    expect(good.length + damaged.length).toBe(20);
    expect(damaged.length).toBeLessThan(2);
    expect(flipped.stats()).toMatchObject({ depth: 20, lastId: 20, damaged: damaged.length });
    if (damaged.length > 0) expect(reports).toMatchObject([{ kind: "damaged", file: name, ids: 1 }]);
    hurt += damaged.length;
    expect(await flipped.append([value(21)])).toEqual([21]);
    await flipped.close();
  }
  expect(hurt).toBeGreaterThan(whole.length / 7 / 2);
});

const ROUNDS = Number(process.env.KAZOE_DAMAGE_ROUNDS ?? 24);
const LONG = { timeout: 120_000 + 5_000 * ROUNDS };

test(
  "whatever becomes of one of many files, the entries of the others are there and the rest is told",
  LONG,
  async () => {
    const seed = Number(process.env.KAZOE_SEED ?? 7);
    const random = seededRandom(seed);
    const dir = await tempDir();
    const queue = await filled(dir, { count: 200, mark: true, options: { segmentBytes: 2_000 } });
    await queue.remove(range(1, 30));
    await queue.close();
    for (let round = 0; round < ROUNDS; round += 1) {
      const copy = await copyOf(dir);
      const names = await segmentsOf(copy);
      const i = round % names.length;
      const name = names[i] ?? "";
      const firstId = Number(name.split("-")[1]);
      const nextId = Number(names[i + 1]?.split("-")[1] ?? 201);
      await damageFile(join(copy, name), DAMAGES[round % DAMAGES.length] ?? "cut", random);
      const { queue: left, reports } = await opened(copy, { segmentBytes: 2_000 });
      const { good, damaged } = await contentOf(left);
      const others = range(31, 200).filter((id) => id < firstId || id >= nextId);
      expect(others.filter((id) => !good.includes(id))).toEqual([]);
      if (nextId <= 200) expect([...good, ...damaged].filter((id) => id > 30).length).toBe(170);
      if (damaged.length > 0) expect(reports.length).toBeGreaterThan(0);
      const { lastId } = left.stats();
      expect(await left.append([value(lastId + 1)], new Map([["last", "x"]]))).toEqual([lastId + 1]);
      await left.close();
      const { queue: again } = await opened(copy, { segmentBytes: 2_000 });
      expect((await contentOf(again)).good).toEqual([...good, lastId + 1]);
      await again.close();
    }
  },
);
