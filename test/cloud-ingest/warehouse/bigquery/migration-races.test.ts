import { describe, expect, it, vi } from "vitest";
import { batch, SHIBUYA } from "../rows.ts";
import { counted, expectOnce, faultRig, gate, storedAtLast } from "./fault-rig.ts";

const WAIT = { timeout: 20_000, interval: 5 };

describe("two processes that change a dataset at once", () => {
  it("leave a view that shows the tables of both, though one is killed before it looks again", async () => {
    const { fake, open, warehouse } = await faultRig();
    const other = await open();
    await Promise.all([warehouse.lastStored("inbox"), other.lastStored("inbox")]);
    const { faults } = fake.rest;
    const late = gate();
    // The first has seen the tables, and its change of the view comes late.
    faults.add("tables.patch", { kind: "late", until: late.opened });
    const begun = faults.calls("tables.patch");
    const first = warehouse.store(batch(1, { data: [counted(1, "1995-07-01")] }));
    await vi.waitFor(() => expect(faults.calls("tables.patch")).toBe(begun + 1), WAIT);
    const work = { data: [counted(2, "1985-07-01")], presence: [], quarantine: [] };
    await storedAtLast(other, work);
    // What the first asks next never comes.
    faults.add("tables.list", { kind: "fail", code: 400 }, { times: 1 });
    late.open();
    await first.catch(() => {});
    const seen = await other.traffic(SHIBUYA, { from: "1980-01-01", to: "1999-12-31" }, "window");
    expect(seen.map((row) => row.in)).toContain(2);
    faults.clear();
    await storedAtLast(warehouse, batch(1, { data: [counted(1, "1995-07-01")] }));
    await expectOnce(warehouse, [1, 2]);
  });

  it.each(["tables.patch", "tables.list"])(
    "go on at the start where another one was first, at its %s",
    async (method) => {
      const { fake, open, table } = await faultRig();
      const [{ schema }] = await table("job_run").getMetadata();
      await table("v_counts").setMetadata({ view: { query: "SELECT 1 AS one", useLegacySql: false } });
      const late = gate();
      const begun = fake.rest.faults.calls(method);
      fake.rest.faults.add(method, { kind: "late", until: late.opened });
      const first = open();
      await vi.waitFor(() => expect(fake.rest.faults.calls(method)).toBe(begun + 1), WAIT);
      await open();
      late.open();
      const warehouse = await first;
      await warehouse.store(batch(1, { data: [counted(1)] }));
      await expectOnce(warehouse, [1]);
      expect((await table("job_run").getMetadata())[0].schema).toEqual(schema);
    },
  );

  it("find nothing missing where a table is deleted while they look", async () => {
    const { fake, open } = await faultRig();
    fake.rest.faults.add("tables.get", { kind: "fail", code: 404 });
    await open();
  });
});
