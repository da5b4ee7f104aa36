import { Book } from "../../../../cloud-ingest/alerts/engine/book.ts";
import type { DeviceReading } from "../../../../cloud-ingest/alerts/engine/reading.ts";
import { subjectText } from "../../../../cloud-ingest/alerts/engine/subject.ts";
import { type TickInput, tick } from "../../../../cloud-ingest/alerts/engine/tick.ts";
import { rowOf, type Transition } from "../../../../cloud-ingest/alerts/engine/transition.ts";
import { Words } from "../../../../cloud-ingest/alerts/engine/words.ts";
import { loadRules } from "../../../../cloud-ingest/alerts/rules/load-rules.ts";
import type { Rule } from "../../../../cloud-ingest/alerts/rules/rule-config.ts";
import { type AlertRow, HEALTH_NUMBERS, type HealthRow } from "../../../../cloud-ingest/warehouse/alert-port.ts";
import type { DeviceRecord } from "../../../../cloud-ingest/warehouse/presence.ts";

export const START = Date.parse("2026-03-02T01:00:00.000Z");
export const MINUTE = 60_000;

/** The rules that come with the program, loaded once. */
export const RULES: readonly Rule[] = await loadRules();

export function healthRow(device: string, atMs: number, over: Partial<HealthRow> = {}): HealthRow {
  const at = new Date(atMs).toISOString();
  const numbers = Object.fromEntries(HEALTH_NUMBERS.map((name) => [name, 1])) as HealthRow["numbers"];
  return {
    ...{
      tenant: "acme",
      store: device.split("-")[0] ?? "",
      device,
      bootId: "boot-0001",
      seq: Math.round(atMs / 1_000),
    },
    ...{ receivedAt: at, ts: at, clockSynced: true, historical: false, cameras: [] },
    ...over,
    numbers: { ...numbers, memoryTotalMb: 100, diskFreeMb: 10_000, ...over.numbers },
  };
}

/** A device as one is that is well at `nowMs`. Its store is the part of its name before the hyphen. */
export function reading(device: string, nowMs: number, over: Partial<DeviceReading> = {}): DeviceReading {
  return {
    subject: { tenant: "acme", store: device.split("-")[0] ?? "", device },
    ...{ presence: "online", heardMs: nowMs - 10_000 },
    health: { last: healthRow(device, nowMs - 10_000), restarts: 0, bootReturns: 0 },
    ...over,
  };
}

/** Looks at a fleet once a minute, and can be killed between two looks. */
export class Fleet {
  nowMs = START;
  rows: AlertRow[] = [];
  words: AlertRow[] = [];
  book = new Book();
  listeningMs = START - 3_600_000;
  over: Partial<TickInput> = {};
  #ids = 0;

  /** Looks once; what has been decided is written. */
  look(devices: readonly DeviceReading[]): readonly Transition[] {
    const input: TickInput = {
      ...{ rules: RULES, devices, words: new Words(this.words), isOpen: () => true, maintenance: () => undefined },
      time: { nowMs: this.nowMs, listeningMs: this.listeningMs, tickMs: MINUTE },
      ...{ isSettled: true, groupWaitMs: 0, groupIntervalMs: 5 * MINUTE, newId: () => `id-${++this.#ids}` },
      ...this.over,
    };
    const transitions = tick(this.book, input);
    for (const transition of transitions) this.rows.push(rowOf(transition, ++this.book.number));
    this.nowMs += MINUTE;
    return transitions;
  }

  /** What is told, `firing acme/ginza/ginza-1 device-offline`. */
  told(devices: (nowMs: number) => readonly DeviceReading[], minutes = 1): readonly string[] {
    const said: string[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      for (const { notify, subject, details } of this.look(devices(this.nowMs))) {
        if (notify !== "") said.push(`${notify} ${subjectText(subject)} ${rulesOf(details)}`);
      }
    }
    return said;
  }

  /** The process is gone; the next one knows what was written. */
  kill(): void {
    this.book = Book.from(lastOf(this.rows));
  }

  say(word: Partial<AlertRow>): void {
    this.words.push({
      ...{ wordId: `w-${this.words.length}`, saidAt: new Date(this.nowMs).toISOString(), saidBy: "anna", note: "so" },
      ...{ tenant: "", store: "", device: "", alertId: "", fromAt: null, untilAt: null, word: "ack", ...word },
    });
  }
}

export const rulesOf = (details: object): string =>
  "reasons" in details && Array.isArray(details.reasons) ? details.reasons.map(({ rule }) => rule).join(",") : "";

/** As a warehouse gives them. */
export function lastOf(rows: readonly AlertRow[]): readonly AlertRow[] {
  const last = new Map<string, AlertRow>();
  for (const row of rows) last.set(`${row.tenant} ${row.store} ${row.device} ${row.rule}`, row);
  return [...last.values()].sort((a, b) => Number(a.number) - Number(b.number));
}

/** What the warehouse knows of a device of shop ginza that was last heard of then. */
export const deviceRecord = (device: string, lastSeenAt: string): DeviceRecord => ({
  ...{
    tenant: "acme",
    store: "ginza",
    device,
    bootId: "boot-0001",
    bootNumber: 1,
    bootStartedAt: "",
    bootAt: lastSeenAt,
  },
  ...{
    olderBoots: "",
    online: true,
    stopped: false,
    stateSeq: 1,
    stateAt: lastSeenAt,
    lastDataAt: lastSeenAt,
    lastSeenAt,
  },
  ...{ birthTs: "", agentVersion: "1", modelName: "m", cameras: "[]" },
});
