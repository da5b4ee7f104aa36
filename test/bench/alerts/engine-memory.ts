import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AlertEngine, type AlertEngineParts } from "../../../cloud-ingest/alerts/engine/alert-engine.ts";
import { loadRules } from "../../../cloud-ingest/alerts/rules/load-rules.ts";
import { Registry } from "../../../cloud-ingest/registry/registry.ts";
import type { HealthRow, TimeRange } from "../../../cloud-ingest/warehouse/alert-port.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import type { BenchResult } from "../result.ts";
import { slopeOf } from "../soak/slope.ts";

const DEVICES = 10_000;
const OF_STORE = 5;
const HOURS = 24;
const MINUTE_MS = 60_000;
const START = "2026-03-02T00:00:00Z";
/** Devices restart, go and come back all day: every minute another one of so many is silent for a quarter of an hour. */
const GONE_EVERY = 97;
const GONE_MIN = 15;
/** A look goes so far back at most, the first one apart. */
const MADE_MIN = 4;
/** Hours after which everything that is kept is there. */
const WARM_HOURS = 4;
/** MB an hour up to which it counts as flat; a day of it is 12 MB. */
const FLAT_MB = 0.5;

/** Memory and time of the alert engine over a day of 10,000 devices with health once a minute, its warehouse being the bench's. */
export async function runEngineMemoryBench(note: (text: string) => void): Promise<BenchResult> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const clock = new ManualClock(START);
  const warehouse = new MadeWarehouse();
  const stores = Array.from({ length: DEVICES / OF_STORE }, (_, shop) => {
    return { tenant: "t", store: `shop-${shop}`, name: "", timeZone: "Asia/Tokyo" };
  });
  const devices = Array.from({ length: DEVICES }, (_, device) => warehouse.subjectOf(device));
  const config = {
    ...{ tickS: 60, groupWaitS: 60, groupIntervalS: 300, keepDays: 400, maintenance: [], sinks: [] },
  } as AlertEngineParts["config"];
  const registry = async () => new Registry([], { holidays: () => new Map() });
  const rules = await loadRules();
  const engine = new AlertEngine({
    ...{ config, rules, stores, devices, warehouse, registry, sinks: () => [], clock, log: new LogRecorder() },
  });
  const points: { readonly x: number; readonly y: number }[] = [];
  const startCpu = process.cpuUsage();
  let worstMs = 0;
  for (let minute = 0; minute <= HOURS * 60; minute++) {
    warehouse.nowMs = clock.nowMs();
    const beginMs = performance.now();
    await engine.look();
    worstMs = Math.max(worstMs, performance.now() - beginMs);
    clock.advance(60);
    if (minute % 60 !== 0) continue;
    // What the engine wrote is the warehouse's, and no memory of the engine.
    warehouse.forget();
    collect();
    points.push({ x: minute / 60, y: process.memoryUsage().heapUsed / 2 ** 20 });
    note(`hour ${minute / 60}: ${points.at(-1)?.y.toFixed(0)} MB\n`);
  }
  const cpu = process.cpuUsage(startCpu);
  const late = points.filter(({ x }) => x >= WARM_HOURS);
  const { perX, standardError } = slopeOf(late);
  const share = ((cpu.user + cpu.system) / 1e6 / (HOURS * 3_600)) * 100;
  const isFlat = perX - 2 * standardError <= FLAT_MB && perX <= 2 * FLAT_MB;
  return {
    name: `Alert engine: ${DEVICES} devices, health once a minute, ${HOURS} simulated hours (without a warehouse's own work)`,
    lines: [
      `heap after a collection: ${points[0]?.y.toFixed(0)} MB at the first look, ${late[0]?.y.toFixed(0)} MB after ${WARM_HOURS} h, ${late.at(-1)?.y.toFixed(0)} MB after ${HOURS} h`,
      `slope ${perX.toFixed(2)} MB an hour, standard error ${standardError.toFixed(2)}: ${isFlat ? "flat" : "NOT FLAT"}`,
      `${share.toFixed(1)} % of one core at one look a minute (< 50 %), longest look ${(worstMs / 1_000).toFixed(1)} s; ${warehouse.written} transitions written`,
    ],
  };
}

/** Says of every device what it says in a minute, without keeping any of it. */
class MadeWarehouse extends FakeWarehouse {
  nowMs = 0;
  written = 0;
  readonly #made = new Map<number, readonly HealthRow[]>();

  subjectOf(device: number) {
    return { tenant: "t", store: `shop-${Math.floor(device / OF_STORE)}`, device: `cam-${device}` };
  }

  override async addAlerts(...asked: Parameters<FakeWarehouse["addAlerts"]>): Promise<void> {
    this.written += asked[1].length;
  }

  forget(): void {
    this.alertRows.clear();
    this.#made.clear();
  }

  override async deviceRecords() {
    const minute = Math.floor(this.nowMs / MINUTE_MS);
    return Array.from({ length: DEVICES }, (_, device) => {
      const at = new Date(this.#heardMs(device, minute)).toISOString();
      return {
        ...{ ...this.subjectOf(device), bootId: bootOf(device, minute), bootNumber: 1, bootStartedAt: at, bootAt: at },
        ...{ olderBoots: "", online: true, stopped: false, stateSeq: 1, stateAt: at, lastDataAt: at, lastSeenAt: at },
        ...{ birthTs: at, agentVersion: "1", modelName: "m", cameras: "[]" },
      };
    });
  }

  override async healthBetween({ from, to }: TimeRange): Promise<readonly HealthRow[]> {
    const end = Math.min(Date.parse(to), this.nowMs);
    const minutes: number[] = [];
    for (let minute = Math.ceil(Date.parse(from) / MINUTE_MS); minute * MINUTE_MS <= end; minute++)
      minutes.push(minute);
    return minutes.flatMap((minute) => this.#rowsOf(minute));
  }

  /** A look reads the last minutes again: made once. */
  #rowsOf(minute: number): readonly HealthRow[] {
    const known = this.#made.get(minute);
    if (known) return known;
    for (const old of this.#made.keys()) if (old < minute - MADE_MIN) this.#made.delete(old);
    const rows: HealthRow[] = [];
    for (let device = 0; device < DEVICES; device++) if (!isGone(device, minute)) rows.push(this.#row(device, minute));
    this.#made.set(minute, rows);
    return rows;
  }

  #heardMs(device: number, minute: number): number {
    let last = minute;
    while (isGone(device, last)) last--;
    return last * MINUTE_MS;
  }

  #row(device: number, minute: number): HealthRow {
    const at = new Date(minute * MINUTE_MS).toISOString();
    // Some are ill in turn: views go black for half an hour.
    const view = (device + Math.floor(minute / 30)) % 200 === 0 ? "black" : "ok";
    return {
      ...{ ...this.subjectOf(device), bootId: bootOf(device, minute), seq: minute, receivedAt: at, ts: at },
      ...{ clockSynced: true, historical: false },
      numbers: {
        ...{
          uptimeS: 1,
          cpuPercent: 20,
          memoryUsedMb: 1,
          memoryTotalMb: 2,
          rssMb: 1,
          temperatureC: 50,
          diskFreeMb: 5_000,
        },
        ...{ inferenceMs: 50, outboxDepth: 0, outboxBytes: 0, outboxOldestAgeS: 0, outboxDropped: 0 },
      },
      cameras: [{ id: "door", status: "ok", fps: 10, frames: minute, droppedFrames: 0, view }],
    };
  }
}

const turnOf = (device: number, minute: number) => (minute + device * 7) % (GONE_EVERY * GONE_MIN);
const isGone = (device: number, minute: number) => turnOf(device, minute) < GONE_MIN;
/** A new boot after each absence. */
const bootOf = (device: number, minute: number) =>
  `boot-${Math.floor((minute + device * 7) / (GONE_EVERY * GONE_MIN))}`;
