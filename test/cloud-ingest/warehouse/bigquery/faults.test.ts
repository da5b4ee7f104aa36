import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Appenders } from "../../../../cloud-ingest/warehouse/bigquery/appenders.ts";
import type { IngestBatch } from "../../../../cloud-ingest/warehouse/port.ts";
import type { Fault } from "../../../support/google/faults.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { batch, birthMessage, presenceRow, quarantineRow } from "../rows.ts";
import { counted, expectOnce, faultRig, gate, storedAtLast } from "./fault-rig.ts";

const DIST = new URL("../../../../dist/", import.meta.url);
const WAIT = { timeout: 20_000, interval: 5 };
/** Counts, presence, quarantine, what is stale, ledger: as many requests has a batch. */
const REQUESTS = 5;
const AT = "2026-03-02T03:00:00.000Z";

/** Three counts, a presence message and one for quarantine. */
const mixed = (number: number): IngestBatch =>
  batch(5 * number + 5, {
    data: [3 * number, 3 * number + 1, 3 * number + 2].map((seq) => counted(seq)),
    presence: [presenceRow(birthMessage(AT))],
    quarantine: [quarantineRow(number, AT)],
  });
const seqsOf = (batches: number) => Array.from({ length: 3 * batches }, (_, i) => i);

describe("an append", () => {
  const fail = (code: number) => ({ kind: "fail", code }) as const;

  it.each<{ name: string; faults: readonly Fault[] }>([
    { name: "is refused", faults: [8, 14, 13, 4, 10, 7, 3, 5].map(fail) },
    { name: "is refused, as credentials have expired", faults: [fail(16)] },
    // 9: the stream is finalized; 3: invalid, without errors of rows.
    { name: "is answered with an error", faults: [8, 14, 13, 9, 3].map((code) => ({ ...fail(code), inBand: true })) },
    { name: "is done, and the answer lost", faults: [14, 13].map((code) => ({ kind: "lose", code })) },
    { name: "comes twice, and is answered twice", faults: [{ kind: "twice" }] },
    { name: "meets a connection that ends", faults: [{ kind: "close" }] },
  ])("that $name: at each place of a batch everything is there once", async ({ faults }) => {
    const { fake, warehouse } = await faultRig();
    const places = Array.from({ length: REQUESTS }, (_, after) => after);
    const cases = faults.flatMap((fault) => places.map((after) => ({ fault, after })));
    for (const [number, { fault, after }] of cases.entries()) {
      fake.storage.faults.add("AppendRows", fault, { after });
      await storedAtLast(warehouse, mixed(number));
    }
    await expectOnce(warehouse, seqsOf(cases.length));
    expect(await warehouse.ledger()).toEqual({ stored: 4 * cases.length, duplicate: 0, quarantined: cases.length });
    expect(await warehouse.quarantineGroups({}, 10)).toMatchObject([{ messages: cases.length }]);
    expect(fake.storage.openConnections()).toBeLessThanOrEqual(REQUESTS);
  });

  it("that is never answered is given up in time, at each place of a batch", async () => {
    const { fake, warehouse } = await faultRig({ answerMs: 1_000 });
    for (let place = 0; place < REQUESTS; place++) {
      fake.storage.faults.add("AppendRows", { kind: "hang" }, { after: place });
      const { thrown } = await storedAtLast(warehouse, mixed(place));
      expect(thrown.length).toBeGreaterThan(0);
      expect(thrown[0]).toMatchObject({ code: "WAREHOUSE_UNREACHABLE", retryable: true });
    }
    await expectOnce(warehouse, seqsOf(REQUESTS));
    expect(fake.storage.openConnections()).toBeLessThanOrEqual(REQUESTS);
  });

  it("that is done long after it was given up and sent again counts once", async () => {
    const { fake, warehouse } = await faultRig({ answerMs: 1_000 });
    const late = gate();
    fake.storage.faults.add("AppendRows", { kind: "late", until: late.opened }, { times: 3 });
    await storedAtLast(warehouse, mixed(0));
    late.open();
    await storedAtLast(warehouse, mixed(1));
    await expectOnce(warehouse, seqsOf(2));
  });

  it("holds up its batch alone where it is late, whatever comes first", async () => {
    const { fake, warehouse } = await faultRig();
    const late = gate();
    fake.storage.faults.add("AppendRows", { kind: "late", until: late.opened });
    const storing = warehouse.store(mixed(0));
    await vi.waitFor(() => expect(fake.storage.faults.calls("AppendRows")).toBe(2), WAIT);
    expect(await warehouse.ledger()).toEqual({ stored: 0, duplicate: 0, quarantined: 0 });
    late.open();
    expect(await storing).toEqual({ stored: 4, duplicate: 0, quarantined: 1 });
    await expectOnce(warehouse, seqsOf(1));
  });

  it("that is refused says whether to wait or what to do", async () => {
    const { fake, warehouse } = await faultRig();
    let number = 0;
    const errorOf = async (code: number) => {
      number += 1;
      fake.storage.faults.add("AppendRows", fail(code));
      return (await storedAtLast(warehouse, mixed(number))).thrown[0];
    };
    expect(await errorOf(8)).toMatchObject({ code: "WAREHOUSE_UNREACHABLE", retryable: true });
    const credentials = expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS");
    expect(await errorOf(16)).toMatchObject({ code: "WAREHOUSE_REFUSED", retryable: false, hint: credentials });
    const role = expect.stringContaining("roles/bigquery.dataEditor");
    expect(await errorOf(7)).toMatchObject({ code: "WAREHOUSE_REFUSED", retryable: false, hint: role });
  });

  it("goes on over a new connection, without an error, where the service has ended the old ones", async () => {
    const { fake, warehouse } = await faultRig();
    await warehouse.store(mixed(0));
    fake.storage.closeConnections();
    await warehouse.store(mixed(1));
    fake.storage.closeConnections(10);
    await warehouse.store(mixed(2));
    await expectOnce(warehouse, seqsOf(3));
  });

  it("goes on after an outage of the whole service", async () => {
    const { fake, config, warehouse } = await faultRig();
    await warehouse.store(mixed(0));
    await fake.storage.stop();
    await expect(warehouse.store(mixed(1))).rejects.toMatchObject({ code: "WAREHOUSE_UNREACHABLE", retryable: true });
    await fake.storage.start(Number(config.emulator?.storage.split(":")[1]));
    await vi.waitFor(() => warehouse.store(mixed(1)), { timeout: 20_000, interval: 200 });
    await expectOnce(warehouse, seqsOf(2));
  });
});

describe("close()", () => {
  it("ends soon while an append hangs, and tells whoever waits for it", async () => {
    const { fake, warehouse } = await faultRig({ answerMs: 120_000 });
    await warehouse.store(mixed(0));
    fake.storage.faults.add("AppendRows", { kind: "hang" }, { times: 10 });
    const storing = warehouse.store(mixed(1)).then(
      () => "stored",
      (error: unknown) => error,
    );
    const begun = fake.storage.faults.calls("AppendRows");
    await vi.waitFor(() => expect(fake.storage.faults.calls("AppendRows")).toBeGreaterThan(begun), WAIT);
    const startMs = performance.now();
    await warehouse.close();
    expect(await storing).toMatchObject({ code: "WAREHOUSE_UNREACHABLE", retryable: true });
    expect(performance.now() - startMs).toBeLessThan(10_000);
    await vi.waitFor(() => expect(fake.storage.openConnections()).toBe(0), WAIT);
    await expect(warehouse.store(mixed(1))).rejects.toMatchObject({ retryable: true });
    expect(fake.storage.openConnections()).toBe(0);
  });

  it("lets the process end, in which nothing but a warehouse ran", async () => {
    const { fake, config } = await faultRig();
    fake.storage.faults.add("AppendRows", { kind: "hang" }, { after: 6 });
    const child = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT, JSON.stringify(config)], {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, METADATA_SERVER_DETECTION: "none" },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

/** Stores once, then a second time into a connection that hangs, and closes. */
const SCRIPT = `
  const load = (path) => import(new URL(path, ${JSON.stringify(DIST.href)}));
  const { openBigQueryWarehouse } = await load("cloud-ingest/warehouse/bigquery/open.js");
  const warehouse = await openBigQueryWarehouse(JSON.parse(process.argv[1]), { answerMs: 3_600_000 });
  const at = "2026-03-02T00:00:00.000Z";
  const row = (messageId) => ({ messageId, receivedAt: at, topic: "a", reason: "b", payload: "c" });
  const batch = (messageId) => ({ data: [], presence: [], quarantine: [row(messageId)] });
  for (let n = 0; n < 3; n++) await warehouse.store(batch(String(n)));
  const storing = warehouse.store(batch("3")).catch(() => {});
  setTimeout(() => warehouse.close(), 500);
  await storing;
`;

describe("rows that BigQuery refuses", () => {
  /** For which BigQuery's own clock, three years behind, refuses what is two years ahead. */
  const ahead = new ManualClock("2029-06-01T00:00:00Z");
  const REFUSED = "2028-12-01";

  it("are named, all and no others, with those that are in the batch twice", async () => {
    const { warehouse } = await faultRig({ clock: ahead });
    const good = counted(1);
    const [bad, worse] = [counted(2, REFUSED), counted(3, REFUSED)];
    const data = [good, bad, counted(4), worse, bad];
    const { refused = [], stored } = await warehouse.store(batch(5, { data }));
    expect(refused.map(({ index }) => index)).toEqual([1, 3, 4]);
    expect(refused.every(({ reason }) => reason.length > 0)).toBe(true);
    expect(stored).toBe(0);
    expect(await warehouse.lastStored("inbox")).toBe(0);
    const left = data.filter((row) => row !== bad && row !== worse);
    expect(await warehouse.store(batch(5, { data: left }))).toEqual({ stored: 2, duplicate: 0, quarantined: 0 });
    await expectOnce(warehouse, [1, 4]);
  });

  it("stay in quarantine when they come out of it, alone", async () => {
    const { warehouse } = await faultRig({ clock: ahead });
    const [good, bad] = [counted(1), counted(2, REFUSED)];
    await warehouse.store(batch(2, { quarantine: [quarantineRow(1, AT), quarantineRow(2, AT)] }));
    const messages = [bad, good].map((data) => ({ messageId: `inbox:${data === good ? 1 : 2}`, data }));
    expect(await warehouse.replay(messages, AT)).toEqual({ stored: 1, duplicate: 0, quarantined: 1 });
    expect(await warehouse.ledger()).toEqual({ stored: 1, duplicate: 0, quarantined: 1 });
    const pending = await warehouse.pendingMessages({}, "", 10);
    expect(pending.map(({ messageId }) => messageId)).toEqual(["inbox:2"]);
    await expectOnce(warehouse, [1]);
  });

  it("are named by their places where an append takes several requests", async () => {
    const { config } = await faultRig();
    const appenders = new Appenders(config, { answerMs: 30_000, refusal: async (error) => error });
    onTestFinished(() => appenders.close());
    const appender = appenders.of("quarantine");
    const payload = "x".repeat(1_000_000);
    const bad = [3, 9, 16, 17];
    const rows = Array.from({ length: 20 }, (_, i) => {
      return { date: bad.includes(i) ? "1999-01-01" : "2026-03-02", messageId: String(i), receivedAt: AT, payload };
    });
    const faults = await appender.append(appender.encode(rows));
    expect(faults.map(({ index }) => index)).toEqual(bad);
  });

  it("stand back behind an error of another request, of which nothing is known", async () => {
    const { fake, config } = await faultRig();
    const appenders = new Appenders(config, { answerMs: 30_000, refusal: async (error) => error });
    onTestFinished(() => appenders.close());
    const appender = appenders.of("quarantine");
    const payload = "x".repeat(1_000_000);
    const row = { date: "2026-03-02", messageId: "1", receivedAt: AT, payload };
    const rows = appender.encode([{ ...row, date: "1999-01-01" }, ...Array.from({ length: 19 }, () => row)]);
    fake.storage.faults.add("AppendRows", { kind: "close" }, { after: 1 });
    const startMs = performance.now();
    await expect(appender.append(rows)).rejects.toMatchObject({ code: "WAREHOUSE_UNREACHABLE" });
    expect(performance.now() - startMs).toBeLessThan(20_000);
    expect((await appender.append(rows)).map(({ index }) => index)).toEqual([0]);
  });

  it.each([
    "0001-01-01T00:00:00.000Z",
    "1970-01-01T00:00:00.001Z",
    "2019-12-31T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
  ])("hold up nothing where a message of %s goes to quarantine: it is found there", async (receivedAt) => {
    const { warehouse } = await faultRig({}, { keepDays: 400 });
    await warehouse.store(batch(1, { data: [counted(1)], quarantine: [quarantineRow(1, receivedAt)] }));
    expect(await warehouse.quarantineGroups({}, 10)).toMatchObject([{ messages: 1, firstAt: receivedAt }]);
    expect(await warehouse.pendingMessages({}, "", 10)).toMatchObject([{ messageId: "inbox:1", receivedAt }]);
  });
});

describe("old days, by load jobs", () => {
  const REST: readonly Fault[] = [
    ...[503, 403].map((code) => ({ kind: "fail", code }) as const),
    { kind: "lose", code: 503 },
    { kind: "close" },
  ];
  const old = (number: number) => batch(number, { data: [counted(number, "2005-07-01"), counted(100 + number)] });

  it.each<{ name: string; method: string; faults: readonly Fault[]; times?: number }>([
    {
      name: "jobs are refused, lost, cut off or begun twice",
      method: "jobs.insert",
      faults: [...REST, { kind: "twice" }],
    },
    { name: "jobs fail once, before or after they are done", method: "jobs.run", faults: REST.slice(0, 3) },
    { name: "a job fails again and again", method: "jobs.run", faults: REST.slice(0, 1), times: 8 },
    { name: "nobody tells how a job went", method: "jobs.get", faults: [{ kind: "fail", code: 400 }], times: 3 },
    { name: "nobody tells which tables are there", method: "tables.list", faults: [{ kind: "fail", code: 400 }] },
    { name: "their table is not made", method: "tables.insert", faults: [{ kind: "fail", code: 400 }] },
    { name: "nobody tells that their table was made", method: "tables.insert", faults: [{ kind: "lose", code: 400 }] },
    { name: "the view does not show them", method: "tables.patch", faults: [{ kind: "fail", code: 400 }] },
  ])("are there once although $name", async ({ method, faults, times = 1 }) => {
    const { fake, warehouse } = await faultRig();
    await warehouse.lastStored("inbox");
    for (const [number, fault] of faults.entries()) {
      fake.rest.faults.add(method, fault, { times });
      await storedAtLast(warehouse, old(number + 1));
    }
    await storedAtLast(warehouse, old(faults.length + 1));
    const numbers = Array.from({ length: faults.length + 1 }, (_, i) => i + 1);
    await expectOnce(warehouse, [...numbers, ...numbers.map((number) => 100 + number)]);
    expect(await warehouse.ledger()).toEqual({ stored: 2 * numbers.length, duplicate: 0, quarantined: 0 });
  });

  it("go on with a job that takes longer than anybody waits for", async () => {
    const { fake, warehouse } = await faultRig({ jobMs: 500 });
    await warehouse.lastStored("inbox");
    const late = gate();
    fake.rest.faults.add("jobs.run", { kind: "late", until: late.opened });
    await expect(warehouse.store(old(1))).rejects.toMatchObject({ code: "WAREHOUSE_UNREACHABLE", retryable: true });
    const jobs = fake.rest.faults.calls("jobs.run");
    await expect(warehouse.store(old(1))).rejects.toMatchObject({ retryable: true });
    late.open();
    await storedAtLast(warehouse, old(1));
    expect(fake.rest.faults.calls("jobs.run")).toBe(jobs);
  });

  it("give up an upload that is never answered", async () => {
    const { fake, warehouse } = await faultRig({ jobMs: 500 });
    await warehouse.lastStored("inbox");
    fake.rest.faults.add("jobs.insert", { kind: "hang" });
    const { thrown } = await storedAtLast(warehouse, old(1));
    expect(thrown[0]).toMatchObject({ code: "WAREHOUSE_UNREACHABLE", retryable: true });
  });

  it("are there again where somebody deleted their table and the same rows come again", async () => {
    const { warehouse, table } = await faultRig();
    await warehouse.store(old(1));
    const [{ view }] = await table("v_counts").getMetadata();
    const sibling = /counts_\d{4}s/.exec(view.query)?.[0] ?? "";
    await table(sibling).delete();
    await storedAtLast(warehouse, old(2));
    await storedAtLast(warehouse, { ...old(1), position: { stream: "inbox", number: 3 } });
    await expectOnce(warehouse, [1, 2, 101, 102]);
  });
});
