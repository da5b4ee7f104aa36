import { randomUUID } from "node:crypto";
import { Book } from "../../cloud-ingest/alerts/engine/book.ts";
import type { DeviceReading } from "../../cloud-ingest/alerts/engine/reading.ts";
import type { Subject } from "../../cloud-ingest/alerts/engine/subject.ts";
import { tick } from "../../cloud-ingest/alerts/engine/tick.ts";
import { rowOf } from "../../cloud-ingest/alerts/engine/transition.ts";
import { Words } from "../../cloud-ingest/alerts/engine/words.ts";
import { loadRules } from "../../cloud-ingest/alerts/rules/load-rules.ts";
import type { AlertRow } from "../../cloud-ingest/warehouse/alert-port.ts";
import type { DeviceRecord } from "../../cloud-ingest/warehouse/presence.ts";

const MINUTE_MS = 60_000;
/** Long enough for every rule to count its evidence. */
const LOOKS = 15;
const STORES_OF = 5;
/** Every so many devices has a fault. */
const ILL_EVERY = 50;

export interface IllFleet {
  readonly records: readonly DeviceRecord[];
  /** Written by the engine's own rules over a quarter of an hour. */
  readonly alerts: readonly AlertRow[];
}

/** `count` devices, five a store, two in a hundred of them ill: some silent, some with a black view. */
export async function illFleet(count: number, nowMs: number): Promise<IllFleet> {
  const rules = await loadRules();
  const subjects = Array.from({ length: count }, (_, index): Subject => {
    const store = Math.floor(index / STORES_OF);
    return {
      tenant: "acme",
      store: store === 0 ? "ginza" : `store-${store}`,
      device: `camera-${(index % STORES_OF) + 1}`,
    };
  });
  const book = new Book();
  const alerts: AlertRow[] = [];
  for (let look = LOOKS; look >= 0; look -= 1) {
    const atMs = nowMs - look * MINUTE_MS;
    const transitions = tick(book, {
      ...{
        rules,
        devices: subjects.map((subject, index) => readingOf(subject, { index, nowMs, atMs })),
        words: new Words(),
      },
      time: { nowMs: atMs, listeningMs: nowMs - 60 * MINUTE_MS, tickMs: MINUTE_MS },
      ...{
        isOpen: () => true,
        maintenance: () => undefined,
        isSettled: true,
        groupWaitMs: 0,
        groupIntervalMs: MINUTE_MS,
      },
      newId: () => randomUUID(),
    });
    for (const transition of transitions) {
      book.number += 1;
      alerts.push(rowOf(transition, book.number));
    }
  }
  return { records: subjects.map((subject, index) => recordOf(subject, heardAt(index, nowMs, nowMs))), alerts };
}

const isIll = (index: number) => index % ILL_EVERY === 1;
const isSilent = (index: number) => isIll(index) && index % (2 * ILL_EVERY) === 1;

/** A silent one was last heard half an hour ago. */
const heardAt = (index: number, atMs: number, nowMs: number) =>
  isSilent(index) ? nowMs - 30 * MINUTE_MS : atMs - 10_000;

function readingOf(
  subject: Subject,
  { index, nowMs, atMs }: { readonly index: number; readonly nowMs: number; readonly atMs: number },
): DeviceReading {
  const heardMs = heardAt(index, atMs, nowMs);
  const at = new Date(heardMs).toISOString();
  const view = isIll(index) ? "black" : "ok";
  const last = {
    ...{ ...subject, bootId: "boot", seq: Math.round(heardMs / 1_000), receivedAt: at, ts: at, clockSynced: true },
    ...{ historical: false, numbers: {} as never, cameras: [{ id: "door", status: "ok", view, fps: 10 }] },
  };
  const presence = isSilent(index) ? "offline" : "online";
  return { subject, presence, heardMs, health: { last, restarts: 0, bootReturns: 0 } };
}

function recordOf(subject: Subject, heardMs: number): DeviceRecord {
  const at = new Date(heardMs).toISOString();
  return {
    ...{ ...subject, bootId: "boot-0001", bootNumber: 1, bootStartedAt: at, bootAt: at, olderBoots: "", online: true },
    ...{ stopped: false, stateSeq: 1, stateAt: at, lastDataAt: at, lastSeenAt: at, birthTs: at },
    ...{ agentVersion: "0.1.0", modelName: "ssdlite-mobilenetv2", cameras: "[]" },
  };
}
