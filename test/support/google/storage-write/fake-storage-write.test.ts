import { adapt, managedwriter, protos } from "@google-cloud/bigquery-storage";
import { credentials } from "@grpc/grpc-js";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ManualClock } from "../../manual-clock.ts";
import { TableStore } from "../bigquery/table-store.ts";
import { CODE } from "../grpc/codes.ts";
import { FakeStorageWrite } from "./fake-storage-write.ts";

const { JSONWriter, WriterClient } = managedwriter;
const PROJECT = "kazoe-test";
const TABLE = `projects/${PROJECT}/datasets/shop/tables/counts`;
const NAME = `${PROJECT}.shop.counts`;
const REFERENCE = { projectId: PROJECT, datasetId: "shop", tableId: "counts" };
const WAIT = { timeout: 20_000, interval: 10 };
const FIELDS = [
  { name: "event_id", type: "STRING", mode: "REQUIRED" },
  { name: "business_date", type: "DATE", mode: "REQUIRED" },
  { name: "ts", type: "TIMESTAMP" },
  { name: "entries", type: "INT64" },
  { name: "quality", type: "FLOAT64" },
  { name: "historical", type: "BOOL" },
  { name: "dwell", type: "INT64", mode: "REPEATED" },
  { name: "device", type: "RECORD", fields: [{ name: "id", type: "STRING" }] },
];

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

async function setUp() {
  const store = new TableStore({ clock: new ManualClock("2026-11-26T09:00:00Z") });
  store.createDataset({ datasetReference: { projectId: PROJECT, datasetId: "shop" } });
  store.createTable(REFERENCE, {
    schema: { fields: FIELDS },
    timePartitioning: { type: "DAY", field: "business_date" },
  });
  const fake = new FakeStorageWrite({ store });
  const { host, port } = await fake.start();
  const client = new WriterClient({
    projectId: PROJECT,
    apiEndpoint: host,
    port,
    sslCreds: credentials.createInsecure(),
  });
  onTestFinished(async () => {
    client.close();
    await fake.stop();
  });
  return { store, fake, client };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

/** A connection with the writer that turns JSON into rows by the table's own columns, or by `fields` instead. */
async function writerOf({ client }: SetUp, streamId: string, fields?: readonly object[]) {
  const full = protos.google.cloud.bigquery.storage.v1.WriteStreamView.FULL;
  const { tableSchema } = await client.getWriteStream({ streamId, view: full });
  const schema = fields ? adapt.convertBigQuerySchemaToStorageTableSchema({ fields: [...fields] }) : tableSchema;
  const connection = await client.createStreamConnection({ streamId });
  const errors: unknown[] = [];
  connection.onConnectionError((error) => errors.push(error));
  const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(schema ?? {}, "root");
  return { writer: new JSONWriter({ connection, protoDescriptor }), connection, protoDescriptor, errors };
}

function row(number: number, more: Record<string, never> | object = {}) {
  return { event_id: `e${number}`, business_date: days("2026-11-26"), ...more };
}

function days(date: string): number {
  return Date.parse(date) / 86_400_000;
}

/** The code of an append that failed, in the answer or by the end of its connection; 0 when it went well. */
async function codeOf(append: { getResult(): Promise<{ error?: { code?: number | null } | null }> }): Promise<number> {
  return append.getResult().then(
    (answer) => answer.error?.code ?? CODE.ok,
    (error: { code: number }) => error.code,
  );
}

describe("what a table gets", () => {
  test("a row with a column of each kind", async () => {
    const it = await setUp();
    const { writer } = await writerOf(it, `${TABLE}/streams/_default`);
    const ts = new Date("2026-11-26T08:59:59.123Z");
    const more = { ts, entries: 7, quality: 0.5, historical: true, dwell: [1, 2], device: { id: "d1" } };
    expect(await codeOf(writer.appendRows([row(1, more), row(2)]))).toBe(CODE.ok);
    expect(it.store.rows(NAME)).toEqual([
      {
        ...more,
        event_id: "e1",
        business_date: "2026-11-26",
        ts: "2026-11-26T08:59:59.123000Z",
      },
      {
        event_id: "e2",
        business_date: "2026-11-26",
        ts: null,
        entries: null,
        quality: null,
        historical: null,
        dwell: [],
        device: null,
      },
    ]);
  });

  test("the same rows again, on the default stream", async () => {
    const it = await setUp();
    const { writer } = await writerOf(it, `${TABLE}/streams/_default`);
    await writer.appendRows([row(1)]).getResult();
    await writer.appendRows([row(1)]).getResult();
    expect(it.store.rows(NAME)).toHaveLength(2);
  });

  test("nothing of a pending stream before it is committed", async () => {
    const it = await setUp();
    const streamId = await it.client.createWriteStream({
      streamType: managedwriter.PendingStream,
      destinationTable: TABLE,
    });
    const { writer, connection } = await writerOf(it, streamId);
    await writer.appendRows([row(1), row(2)]).getResult();
    expect(it.store.rows(NAME)).toHaveLength(0);
    const commit = () => it.client.batchCommitWriteStream({ parent: TABLE, writeStreams: [streamId] });
    expect((await commit()).streamErrors).toMatchObject([{ code: "INVALID_STREAM_STATE", entity: streamId }]);
    expect(await connection.finalize()).toMatchObject({ rowCount: "2" });
    expect((await commit()).streamErrors).toEqual([]);
    expect(it.store.rows(NAME)).toHaveLength(2);
    expect((await commit()).streamErrors).toMatchObject([{ code: "STREAM_ALREADY_COMMITTED" }]);
  });

  test("twenty thousand rows in appends of five hundred", async () => {
    const it = await setUp();
    const { writer } = await writerOf(it, `${TABLE}/streams/_default`);
    const batch = Array.from({ length: 500 }, (_, number) => row(number));
    await Promise.all(Array.from({ length: 40 }, () => writer.appendRows(batch).getResult()));
    expect(it.store.rows(NAME)).toHaveLength(20_000);
  });
});

describe("what an append is told", () => {
  interface Case {
    readonly name: string;
    readonly rows?: readonly object[];
    readonly offset?: number;
    /** Default: the default stream. */
    readonly committed?: boolean;
    readonly finalized?: boolean;
    readonly fields?: readonly object[];
    readonly code: number;
    readonly rowErrors?: readonly object[];
  }
  const optional = FIELDS.map((field) => ({ ...field, ...(field.mode === "REQUIRED" && { mode: "NULLABLE" }) }));
  const cases: readonly Case[] = [
    { name: "good rows", code: CODE.ok },
    { name: "an offset on the default stream", offset: 0, code: CODE.invalidArgument },
    { name: "the offset that is next", committed: true, offset: 2, code: CODE.ok },
    { name: "no offset on a committed stream", committed: true, code: CODE.ok },
    { name: "an offset that was written", committed: true, offset: 0, code: CODE.alreadyExists },
    { name: "an offset that skips", committed: true, offset: 3, code: CODE.outOfRange },
    { name: "a finalized stream", committed: true, finalized: true, offset: 2, code: CODE.failedPrecondition },
    {
      name: "a REQUIRED column left out",
      rows: [row(1), { event_id: "e2" }, row(3)],
      fields: optional,
      code: CODE.invalidArgument,
      rowErrors: [{ index: "1", code: "FIELDS_ERROR" }],
    },
    {
      name: "a column that the table has not",
      fields: [...FIELDS, { name: "sex", type: "STRING" }],
      code: CODE.invalidArgument,
      rowErrors: [],
    },
    {
      name: "a column of another type",
      fields: FIELDS.map((field) => (field.name === "entries" ? { ...field, type: "STRING" } : field)),
      code: CODE.invalidArgument,
    },
    {
      name: "partitions outside of ten years back and one ahead",
      rows: ["2016-11-25", "2016-11-26", "2027-11-26", "2027-11-27"].map((date, index) => ({
        ...row(index),
        business_date: days(date),
      })),
      code: CODE.invalidArgument,
      rowErrors: [
        { index: "0", code: "FIELDS_ERROR" },
        { index: "3", code: "FIELDS_ERROR" },
      ],
    },
    {
      name: "a request over 20 MB",
      rows: [{ ...row(1), event_id: "e".repeat(21 * 1024 * 1024) }],
      code: CODE.invalidArgument,
    },
    { name: "a request of 19 MB", rows: [{ ...row(1), event_id: "e".repeat(19 * 1024 * 1024) }], code: CODE.ok },
  ];
  test.each(cases)(
    "$name: code $code",
    async ({ rows = [row(8), row(9)], offset, committed, finalized, ...wanted }) => {
      const it = await setUp();
      const streamType = managedwriter.CommittedStream;
      const streamId = committed
        ? await it.client.createWriteStream({ streamType, destinationTable: TABLE })
        : `${TABLE}/streams/_default`;
      if (committed) await (await writerOf(it, streamId)).writer.appendRows([row(1), row(2)]).getResult();
      const { writer, connection } = await writerOf(it, streamId, wanted.fields);
      if (finalized) await connection.finalize();
      const before = it.store.rows(NAME).length;
      const append = writer.appendRows(JSON.parse(JSON.stringify(rows)), offset);
      expect(await codeOf(append)).toBe(wanted.code);
      expect(it.store.rows(NAME)).toHaveLength(before + (wanted.code === CODE.ok ? rows.length : 0));
      if (wanted.rowErrors?.length) expect((await append.getResult()).rowErrors).toMatchObject(wanted.rowErrors);
    },
  );

  test("where the append begins", async () => {
    const it = await setUp();
    const streamType = managedwriter.CommittedStream;
    const streamId = await it.client.createWriteStream({ streamType, destinationTable: TABLE });
    const { writer } = await writerOf(it, streamId);
    await writer.appendRows([row(1), row(2)], 0).getResult();
    expect((await writer.appendRows([row(3)], 2).getResult()).appendResult?.offset).toMatchObject({ value: "2" });
  });

  test("a table that is not there is not found", async () => {
    const it = await setUp();
    const connection = await it.client.createStreamConnection({ streamId: `${TABLE}2/streams/_default` });
    connection.onConnectionError(() => {});
    const append = connection.write({ protoRows: { rows: { serializedRows: [] } } });
    await expect(append.getResult()).rejects.toMatchObject({ code: CODE.notFound });
    const streamType = managedwriter.CommittedStream;
    const create = it.client.createWriteStream({ streamType, destinationTable: `${TABLE}2` });
    await expect(create).rejects.toMatchObject({ code: CODE.notFound });
  });

  test("the new columns, after the table got some, which the writer of JSON then uses", async () => {
    const it = await setUp();
    const { writer } = await writerOf(it, `${TABLE}/streams/_default`);
    await writer.appendRows([row(1)]).getResult();
    addZone(it);
    expect((await writer.appendRows([row(2)]).getResult()).updatedSchema?.fields).toHaveLength(FIELDS.length + 1);
    await writer.appendRows([{ ...row(3), zone: "till" }]).getResult();
    expect(it.store.rows(NAME).map(({ zone }) => zone)).toEqual([null, null, "till"]);
  });

  test("the new columns once on a connection", async () => {
    const it = await setUp();
    const { connection, protoDescriptor } = await writerOf(it, `${TABLE}/streams/_default`);
    const writer = new managedwriter.Writer({ connection, protoDescriptor });
    // Field 1, "e1", and field 2, 2026-11-26 as days.
    const serializedRows = [Buffer.from([0x0a, 2, 0x65, 0x31, 0x10, 0xaf, 0xa2, 0x01])];
    const told = async () => (await writer.appendRows({ serializedRows }).getResult()).updatedSchema !== null;
    expect(await told()).toBe(false);
    connection.removeAllListeners("schemaUpdated");
    addZone(it);
    expect([await told(), await told()]).toEqual([true, false]);
    expect(it.store.rows(NAME)[2]).toMatchObject({ event_id: "e1", business_date: "2026-11-26", zone: null });
  });
});

function addZone({ store }: SetUp): void {
  const table = store.table(REFERENCE);
  table.update({ ...table.settings, schema: { fields: [...FIELDS, { name: "zone", type: "STRING" }] } });
}

describe("planned faults", () => {
  const rows: { name: string; run: (it: SetUp, opened: Awaited<ReturnType<typeof writerOf>>) => Promise<void> }[] = [
    {
      name: "an append refused on the open stream",
      run: async (it, { writer }) => {
        it.fake.faults.add("AppendRows", { kind: "fail", code: CODE.resourceExhausted, inBand: true });
        expect(await codeOf(writer.appendRows([row(1)]))).toBe(CODE.resourceExhausted);
        expect(await codeOf(writer.appendRows([row(1)]))).toBe(CODE.ok);
        expect(it.store.rows(NAME)).toHaveLength(1);
      },
    },
    {
      name: "a stream that ends instead of appending is opened anew by the next append",
      run: async (it, { writer, errors }) => {
        it.fake.faults.add("AppendRows", { kind: "close", code: CODE.unavailable });
        expect(await codeOf(writer.appendRows([row(1)]))).toBe(CODE.unavailable);
        expect(errors).toHaveLength(1);
        await vi.waitFor(async () => expect(await codeOf(writer.appendRows([row(1)]))).toBe(CODE.ok), WAIT);
      },
    },
    {
      name: "rows whose answer was lost are there",
      run: async (it, { writer }) => {
        it.fake.faults.add("AppendRows", { kind: "lose", code: CODE.unavailable });
        expect(await codeOf(writer.appendRows([row(1)]))).toBe(CODE.unavailable);
        expect(it.store.rows(NAME)).toHaveLength(1);
      },
    },
    {
      name: "a request that arrives twice is appended twice, and answered twice",
      run: async (it, { writer }) => {
        it.fake.faults.add("AppendRows", { kind: "twice" });
        expect(await codeOf(writer.appendRows([row(1)]))).toBe(CODE.ok);
        expect(it.store.rows(NAME)).toHaveLength(2);
      },
    },
    {
      name: "a late answer comes when the test says so",
      run: async (it, { writer }) => {
        let open: (value?: unknown) => void = () => {};
        it.fake.faults.add("AppendRows", { kind: "late", until: new Promise((resolve) => (open = resolve)) });
        const append = codeOf(writer.appendRows([row(1)]));
        await vi.waitFor(() => expect(it.fake.faults.calls("AppendRows")).toBe(1), WAIT);
        expect(it.store.rows(NAME)).toHaveLength(0);
        open();
        expect(await append).toBe(CODE.ok);
      },
    },
    {
      name: "an append that hangs is neither done nor answered",
      run: async (it, { writer }) => {
        it.fake.faults.add("AppendRows", { kind: "hang" });
        const answers: number[] = [];
        void codeOf(writer.appendRows([row(1)])).then((code) => answers.push(code));
        await vi.waitFor(() => expect(it.fake.faults.calls("AppendRows")).toBe(1), WAIT);
        expect(it.store.rows(NAME)).toHaveLength(0);
        it.fake.closeConnections(CODE.cancelled);
        await vi.waitFor(() => expect(answers).toEqual([CODE.cancelled]), WAIT);
      },
    },
    {
      name: "all connections may be closed",
      run: async (it, { writer, errors }) => {
        await writer.appendRows([row(1)]).getResult();
        expect(it.fake.openConnections()).toBe(1);
        it.fake.closeConnections();
        await vi.waitFor(() => expect(errors).toHaveLength(1), WAIT);
        expect(it.fake.openConnections()).toBe(0);
      },
    },
    {
      name: "any other call may fail",
      run: async (it) => {
        it.fake.faults.add("CreateWriteStream", { kind: "fail", code: 7 });
        const streamType = managedwriter.CommittedStream;
        const create = it.client.createWriteStream({ streamType, destinationTable: TABLE });
        await expect(create).rejects.toMatchObject({ code: 7 });
      },
    },
  ];
  test.each(rows)("$name", async ({ run }) => {
    const it = await setUp();
    await run(it, await writerOf(it, `${TABLE}/streams/_default`));
  });
});
