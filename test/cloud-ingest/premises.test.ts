import { expect, test } from "vitest";
import { PremisesBook } from "../../cloud-ingest/premises.ts";
import { Registry } from "../../cloud-ingest/registry/registry.ts";
import { LogRecorder } from "../support/log-recorder.ts";
import { ManualClock } from "../support/manual-clock.ts";

const STORE = { tenant: "acme", store: "ginza" };

function registryOf(doors: Record<string, { targets: string[]; inner?: boolean }>): Registry {
  const config = { tenant: "acme", hours: [{ week: { "mon-sun": "18:00-02:00" } }], stores: { ginza: { doors } } };
  return new Registry([{ file: "acme.yaml", config, lineOf: () => 1 }], { holidays: () => new Map() });
}

test("doors and hours are the registry's, an edit is seen within a minute, and a broken one costs no page", async () => {
  const clock = new ManualClock("2026-11-23T11:30:00Z");
  const log = new LogRecorder();
  let registry: Registry | undefined = registryOf({ main: { targets: ["a/b/c"] } });
  let reads = 0;
  const read = async () => {
    reads += 1;
    if (!registry) throw new Error("damaged");
    return registry;
  };
  const book = new PremisesBook({ registry: read, clock, log });
  const first = await book.of(STORE);
  expect(first.doors).toEqual([{ name: "main", targets: ["a/b/c"], isInner: false }]);
  expect(first.hours("2026-11-20")).toEqual([{ from: 1080, to: 1560 }]);
  registry = registryOf({ main: { targets: ["a/b/c"] }, fitting: { targets: ["a/b/d"], inner: true } });
  expect((await book.of(STORE)).doors).toHaveLength(1);
  expect(reads).toBe(1);
  clock.advance(60);
  expect((await book.of(STORE)).doors[1]).toMatchObject({ name: "fitting", isInner: true });
  registry = undefined;
  clock.advance(60);
  expect((await book.of(STORE)).doors).toHaveLength(2);
  expect(log.lines).toEqual([expect.stringMatching(/^warn the registry cannot be read/)]);
});
