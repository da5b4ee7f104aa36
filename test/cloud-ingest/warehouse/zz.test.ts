import { mkdtemp } from "node:fs/promises";
import { it } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { batch, countsRow, SHIBUYA, presenceRow, stateMessage } from "./rows.ts";
it("prof", async () => {
  const w = await openDuckDbWarehouse(await mkdtemp("/tmp/dd/p-"));
  const days = 10957, startMs = Date.UTC(1996,0,1,3);
  const data = Array.from({ length: days }, (_, day) => countsRow(day, new Date(startMs + day * 86_400_000).toISOString()));
  let t = performance.now(); const lap = (n: string) => { console.log(n, (performance.now()-t).toFixed(1)); t = performance.now(); };
  await w.store(batch(1,{data: data.slice(0,1000)})); lap("store 1000");
  await w.store(batch(2,{data: data.slice(1000,2000)})); lap("store 1000");
  await w.store(batch(3,{data: data.slice(2000)})); lap("store 9000");
  const d = await w.staleDates(SHIBUYA); lap("stale");
  await w.rollUp(SHIBUYA, d.slice(0, 31)); lap("rollup 31");
  await w.rollUp(SHIBUYA, d.slice(31, 62)); lap("rollup 31");
  await w.rollUp(SHIBUYA, d.slice(62, 62+365)); lap("rollup 365");
  await w.archive("1996-03-10"); lap("archive 70");
  for (let i=0;i<5;i++) { await w.store(batch(10+i,{data:[countsRow(20000+i,"2026-01-01T00:00:00Z")], presence:[presenceRow(stateMessage("online","boot-aaaa","2026-01-01T00:00:00Z"))]})); lap("store 1"); }
  for (let i=0;i<5;i++) { await w.store(batch(20+i,{data:Array.from({length:500},(_,k)=>countsRow(30000+i*500+k,"2026-01-01T00:00:00Z"))})); lap("store 500"); }
  await w.close();
}, 60000);
