import { expect, it } from "vitest";
import { DeviceRows } from "../../../../cloud-ingest/warehouse/duckdb/device-rows.ts";
import { columnList, selectFromJson } from "../../../../cloud-ingest/warehouse/duckdb/tables.ts";
import { DEVICE_COLUMNS } from "../../../../cloud-ingest/warehouse/own-columns.ts";
import type { DeviceRecord } from "../../../../cloud-ingest/warehouse/presence.ts";
import { recordOf } from "../../../../cloud-ingest/warehouse/read-rows.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { openDatabase } from "../open-database.ts";
import { CAM, countsRow } from "../rows.ts";

const RECORD: DeviceRecord = {
  ...CAM,
  ...{
    bootId: "boot-bbbb",
    bootNumber: 41,
    bootStartedAt: "2026-03-02T01:00:00.000Z",
    bootAt: "2026-03-02T01:00:01.000Z",
  },
  ...{
    olderBoots: "boot-aaaa boot-0000",
    online: true,
    stopped: true,
    stateSeq: 7,
    stateAt: "2026-03-02T01:00:02.000Z",
  },
  ...{
    lastDataAt: "2026-03-02T01:00:03.000Z",
    lastSeenAt: "2026-03-02T01:00:04.000Z",
    birthTs: "2026-03-02T01:00:05.000Z",
  },
  ...{ agentVersion: "1.2", modelName: "ssd", cameras: '[{"id":"front"}]' },
};

it("keeps every field of a device, and of those that a batch names changes only what it says", async () => {
  const database = await openDatabase(await tempDir());
  const others = [
    { ...RECORD, tenant: "bravo" },
    { ...RECORD, store: "ueno" },
    { ...RECORD, device: "cam-2" },
  ];
  await database.write((session) =>
    session.run(`INSERT INTO device (${columnList(DEVICE_COLUMNS)}) ${selectFromJson(DEVICE_COLUMNS)}`, [
      JSON.stringify([RECORD, ...others]),
    ]),
  );
  const data = [{ ...countsRow(1, "2026-03-02T02:00:00Z"), receivedAt: "2026-03-02T02:00:00Z" }];
  await database.write((session) => new DeviceRows().store(session, { data, presence: [] }));
  await database.write((session) => new DeviceRows().store(session, { data: [], presence: [] }));
  const rows = await database.read((session) => session.rows("FROM device ORDER BY tenant, store DESC, device"));
  const at = "2026-03-02T02:00:00.000Z";
  expect(rows.map(recordOf).filter(({ lastSeenAt }) => lastSeenAt === at)).toEqual([
    { ...RECORD, lastDataAt: at, lastSeenAt: at },
  ]);
  expect(rows.map(recordOf).filter(({ lastSeenAt }) => lastSeenAt !== at)).toEqual(expect.arrayContaining(others));
  expect(rows).toHaveLength(4);
  await database.close();
});
