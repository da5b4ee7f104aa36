import { expect, it } from "vitest";
import { addDays, dateOfMs } from "../../../../cloud-ingest/calendar.ts";
import { batch } from "../rows.ts";
import { counted, expectOnce, faultRig } from "./fault-rig.ts";

/** As many dates as reach, with their neighbours, into more partitions than one job may touch; all of them can be streamed. */
const DATES = 710;
const APART_DAYS = 5;

it("hours and days are whole where a device's clock has been at many dates far apart", async () => {
  const { warehouse } = await faultRig();
  const first = addDays(dateOfMs(Date.now()), -3_600);
  const seqs = Array.from({ length: DATES }, (_, i) => i + 1);
  const data = seqs.map((seq) => counted(seq, addDays(first, APART_DAYS * (seq - 1))));
  expect(await warehouse.store(batch(1, { data }))).toMatchObject({ stored: DATES });
  await expectOnce(warehouse, seqs);
});
