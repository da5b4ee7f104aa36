import { Book } from "../../../cloud-ingest/alerts/engine/book.ts";
import { HealthMemory } from "../../../cloud-ingest/alerts/engine/health-memory.ts";
import type { DeviceReading } from "../../../cloud-ingest/alerts/engine/reading.ts";
import type { Subject } from "../../../cloud-ingest/alerts/engine/subject.ts";
import type { Reason } from "../../../cloud-ingest/alerts/engine/subject-alert.ts";
import { tick } from "../../../cloud-ingest/alerts/engine/tick.ts";
import { Words } from "../../../cloud-ingest/alerts/engine/words.ts";
import type { Rule } from "../../../cloud-ingest/alerts/rules/rule-config.ts";
import type { HealthNumber, HealthRow } from "../../../cloud-ingest/warehouse/alert-port.ts";
import { TIMES } from "../../../edge-agent/camera-health/verdicts.ts";
import { Random } from "../quality/random.ts";

const MINUTE_MS = 60_000;
const DAY_MIN = 24 * 60;
const OPEN = { from: 9 * 60, to: 21 * 60 } as const;
const STORES_OF = 2;

export const HEALTH_FAULTS = [
  ...["frozen", "black", "moved", "blocked", "half-blocked", "blurred"],
  ...["no power", "network only", "wrong clock", "duplicate identity"],
] as const;
export const HEALTH_INNOCENTS = [
  ...["blip of 4 minutes", "one restart", "update of the shop", "closed all day, lights off", "power cut at night"],
  ...["crowd before the lens", "sale: busy processor"],
] as const;

/** Something that happens to a device on its day, minutes of the day; `what` of neither list: nothing. */
interface Happening {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

export interface HealthTold {
  readonly what: string;
  readonly device: number;
  readonly rules: readonly string[];
  /** Minutes after the fault began; negative: before it. */
  readonly afterMin: number;
  /** While it lasted, or of it. */
  readonly isDuring: boolean;
}

export interface HealthDays {
  readonly told: readonly HealthTold[];
  /** How often each thing happened. */
  readonly happened: ReadonlyMap<string, number>;
  readonly deviceDays: number;
}

/**
 * Days of a fleet that says how it is once a minute, looked at once a minute by the engine and its rules; each of the faults and innocent things
 * happens to `each` devices, one a day. Opening hours are those of the shops. What a camera sees is said so long after it began as
 * `camera-health` takes (its films are judged beside this).
 */
export function watchHealth(rules: readonly Rule[], each: number): HealthDays {
  const random = new Random(7);
  const kinds = [...HEALTH_FAULTS, ...HEALTH_INNOCENTS, "nothing"];
  const devices = kinds.length * each;
  const days = Array.from({ length: devices }, (_, device): Happening => {
    const what = kinds[device % kinds.length]!;
    const from = random.between(OPEN.from + 60, OPEN.to - 240);
    return { what, from, to: from + lastsMin(what) };
  });
  const startMs = Date.parse("2026-03-02T00:00:00Z");
  const book = new Book();
  const memory = new HealthMemory();
  const told: HealthTold[] = [];
  const heard = new Map<number, number>();
  let ids = 0;
  for (let minute = 0; minute < DAY_MIN; minute++) {
    const nowMs = startMs + minute * MINUTE_MS;
    const readings = days.map((day, device): DeviceReading => {
      const subject = subjectOf(device);
      const row = healthOf(day, { subject, minute, nowMs });
      if (row) {
        heard.set(device, nowMs);
        memory.see([row]);
      }
      const health = memory.of(subject);
      const heardMs = heard.get(device) ?? startMs - MINUTE_MS;
      return {
        subject,
        presence: nowMs - heardMs < 2 * MINUTE_MS ? "online" : "offline",
        heardMs,
        ...(health && { health }),
      };
    });
    const isOpen = minute >= OPEN.from + 15 && minute < OPEN.to;
    const transitions = tick(book, {
      ...{ rules, devices: readings, words: new Words(), newId: () => `${ids++}` },
      time: { nowMs, listeningMs: startMs - DAY_MIN * MINUTE_MS, tickMs: MINUTE_MS },
      ...{ isOpen: () => isOpen, maintenance: () => undefined, isSettled: true },
      ...{ groupWaitMs: MINUTE_MS, groupIntervalMs: 5 * MINUTE_MS },
    });
    for (const { notify, subject, details } of transitions) {
      if (notify !== "firing") continue;
      const { reasons = [] }: { reasons?: readonly Reason[] } = details;
      const by = reasons.map(({ rule }) => rule);
      const own = devicesOf(subject).map((device) => toldOf(days[device], { device, minute, rules: by }));
      // One alert of a store stands for each of its devices to which something happens then.
      const hit = own.filter(({ isDuring }) => isDuring);
      told.push(...(hit.length > 0 ? hit : own.slice(0, 1)));
    }
  }
  const happened = new Map(kinds.map((what) => [what, each]));
  return { told, happened, deviceDays: devices };
}

function devicesOf({ store, device }: Subject): readonly number[] {
  if (device !== "") return [Number(device.slice(4))];
  const first = Number(store.slice(5)) * STORES_OF;
  return Array.from({ length: STORES_OF }, (_, next) => first + next);
}

function toldOf(
  { what, from, to }: Happening = { what: "nothing", from: 0, to: 0 },
  { device, minute, rules }: { readonly device: number; readonly minute: number; readonly rules: readonly string[] },
): HealthTold {
  const isDuring = minute >= from && minute <= to + 5;
  return { what, device, rules, afterMin: minute - from, isDuring };
}

const subjectOf = (device: number): Subject => ({
  ...{ tenant: "t", store: `shop-${Math.floor(device / STORES_OF)}`, device: `cam-${device}` },
});

function lastsMin(what: string): number {
  if (what === "blip of 4 minutes") return 4;
  if (what === "update of the shop" || what === "one restart") return 2;
  return what === "crowd before the lens" ? 1 : 180;
}

const isView = (what: string): what is keyof typeof TIMES => Object.hasOwn(TIMES, what);

interface Now {
  readonly subject: Subject;
  readonly minute: number;
  readonly nowMs: number;
}

/** What the device says in this minute; undefined: nothing arrives. */
function healthOf({ what, from, to }: Happening, { subject, minute, nowMs }: Now): HealthRow | undefined {
  const is = minute >= from && minute < to;
  if (what === "power cut at night" && (minute < OPEN.from - 5 || minute > OPEN.to + 5)) return undefined;
  const isGone = ["no power", "network only", "blip of 4 minutes"].includes(what) || what.startsWith("update");
  if (is && isGone) return undefined;
  const numbers: Partial<Record<HealthNumber, number>> = {
    ...{ uptimeS: 60 * minute, cpuPercent: 40, memoryUsedMb: 900, memoryTotalMb: 2_000, diskFreeMb: 8_000 },
    ...{ temperatureC: 55, inferenceMs: 60, outboxDepth: 1, outboxOldestAgeS: 1, outboxDropped: 0 },
  };
  const hasStarted = (what === "one restart" || what === "update of the shop" || what === "no power") && minute >= from;
  const isOther = is && what === "duplicate identity" && minute % 2 === 1;
  const at = new Date(nowMs - 5_000).toISOString();
  const isLate = is && what === "wrong clock";
  if (is && what.startsWith("sale")) Object.assign(numbers, { cpuPercent: 92, inferenceMs: 180, temperatureC: 68 });
  if (what === "network only" && minute >= to && minute < to + 6) numbers.outboxOldestAgeS = 60 * (to - from);
  return {
    ...{ ...subject, bootId: isOther ? "boot-other" : hasStarted ? "boot-2" : "boot-1", seq: minute, receivedAt: at },
    ...{ ts: isLate ? new Date(nowMs - 3_600_000).toISOString() : at, clockSynced: !isLate, historical: false },
    numbers: numbers as HealthRow["numbers"],
    cameras: [
      {
        id: "door",
        status: "ok",
        fps: 10,
        frames: 600 * minute,
        droppedFrames: 0,
        view: viewOf(what, { is, minute, from }),
      },
    ],
  };
}

function viewOf(
  what: string,
  { is, minute, from }: { readonly is: boolean; readonly minute: number; readonly from: number },
): string {
  if (what.startsWith("closed")) return "dark";
  if (minute < OPEN.from || minute >= OPEN.to) return "dark";
  return is && isView(what) && (minute - from) * 60 >= TIMES[what].fireS ? what : "ok";
}
