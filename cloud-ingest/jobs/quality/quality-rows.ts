import type { DateRange } from "../../calendar.ts";
import { type CleanSeries, cleanPanel } from "../../quality/clean-panel.ts";
import { rounded } from "../../quality/expectation/numbers.ts";
import { type ImputedSeries, METHODS, type Method } from "../../quality/impute/imputed-panel.ts";
import type { JudgedPanel } from "../../quality/judge-and-clean.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import type { StoredRow } from "../../warehouse/row-port.ts";
import { localOfSlot, type StorePanel, type StoreSeries, slotOf } from "./store-panel.ts";

/** What is written of one store. */
export interface QualityRows {
  readonly hours: readonly DerivedRow[];
  readonly flags: readonly DerivedRow[];
  readonly scores: readonly DerivedRow[];
}

export interface QualityInput {
  readonly store: Pick<StoreInfo, "tenant" | "store">;
  readonly read: DateRange;
  /** Business dates that are written. */
  readonly written: ReadonlySet<string>;
  readonly panel: StorePanel;
  readonly judged: JudgedPanel;
  /** What people know of hours; they go before what was counted. */
  readonly corrections?: readonly StoredRow[];
}

/** Hours that nobody watched, between the first and the last that somebody did. */
const MISSING = { name: "missing", version: 1 };
/** Hours for which a person knows the number. */
const CORRECTION = { name: "correction", version: 1 };
const SLOTS_PER_DAY = 24;
/** No table needs more decimals than four. */
const PARTS = 1e4;

/** Repaired and explained hours, the flags behind them, and a score for each device and date. */
export function qualityRows(input: QualityInput): QualityRows {
  const clean = cleanPanel(input.panel.panel, input.judged, { series: input.judged.imputed });
  const hours = input.panel.series.flatMap((series, index) => {
    const own = clean.series[index];
    const corrected = correctedOf(input, series, index);
    const judged = own ? hoursOf(input, series, index, own) : [];
    return [...judged.filter(({ localStart }) => !corrected.has(String(localStart))), ...corrected.values()];
  });
  return { hours, flags: flagsOf(input), scores: scoresOf(input, hours) };
}

function hoursOf(input: QualityInput, series: StoreSeries, index: number, clean: CleanSeries): readonly DerivedRow[] {
  const { panel, judged, read } = input;
  const raw = panel.panel.values[index];
  const methods = methodsOf(judged.imputed[index]);
  const rows: DerivedRow[] = [];
  for (let slot = series.from; slot < series.to; slot++) {
    const flag = clean.flags[slot];
    const isMissing = judged.isMissing[index]?.[slot] === 1;
    const localStart = localOfSlot(read, slot);
    if ((!flag && !isMissing) || !input.written.has(localStart.slice(0, 10))) continue;
    rows.push({
      ...keyOf(input, localStart, series),
      ...{ localStart, raw: finite(raw?.[slot]), clean: finite(clean.value[slot]) },
      ...{ lo80: finite(clean.lo80[slot]), hi80: finite(clean.hi80[slot]) },
      kind: isMissing ? "device" : "explained",
      rule: flag?.rule ?? MISSING.name,
      ruleVersion: flag?.version ?? MISSING.version,
      confidence: finite(flag?.confidence ?? 1),
      method: isMissing ? (methods.get(slot) ?? "none") : "measured",
    });
  }
  return rows;
}

/** A person's numbers for a series, by local hour; the one that was said last holds. */
function correctedOf(input: QualityInput, series: StoreSeries, index: number): ReadonlyMap<string, DerivedRow> {
  const { panel, read, written, corrections = [] } = input;
  const raw = panel.panel.values[index];
  const inTime = [...corrections].sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  const rows = new Map<string, DerivedRow>();
  for (const { date, columns } of inTime) {
    if (!isOf(series, columns) || !written.has(date)) continue;
    const localStart = `${date}T${String(columns.hour).padStart(2, "0")}:00:00`;
    const value = Number(columns.value);
    rows.set(localStart, {
      ...keyOf(input, localStart, series),
      ...{ localStart, raw: finite(raw?.[slotOf(read, localStart)]), clean: value, lo80: value, hi80: value },
      ...{ kind: "device", rule: CORRECTION.name, ruleVersion: CORRECTION.version, confidence: 1, method: "person" },
    });
  }
  return rows;
}

function isOf({ deviceId, cameraId, targetId, measure }: StoreSeries, columns: StoredRow["columns"]): boolean {
  const isTarget = columns.device === deviceId && columns.camera === cameraId && columns.target === targetId;
  return isTarget && columns.measure === measure;
}

/** By slot, how it was filled. */
function methodsOf(imputed: ImputedSeries | undefined): ReadonlyMap<number, Method> {
  const methods = [...(imputed?.methods ?? [])].map((code) => METHODS[code] ?? "none");
  return new Map(methods.map((method, at) => [imputed?.slots[at] ?? -1, method]));
}

function flagsOf(input: QualityInput): readonly DerivedRow[] {
  const { panel, judged, read, written } = input;
  const series = new Map(panel.series.map((one, index) => [panel.panel.names[index], one]));
  return judged.flags.flatMap((flag) => {
    const own = series.get(flag.series);
    const localFrom = localOfSlot(read, flag.from);
    if (!own || !written.has(localFrom.slice(0, 10))) return [];
    return [
      {
        ...keyOf(input, localFrom, own),
        ...{ localFrom, localTo: localOfSlot(read, flag.to), kind: flag.kind, rule: flag.rule },
        ...{ ruleVersion: flag.version, confidence: finite(flag.confidence), evidence: JSON.stringify(flag.evidence) },
      },
    ];
  });
}

/** 1 less the share of a device's hours of a date that are not believed, each as far as the rule is certain. */
function scoresOf({ store, panel, read, written }: QualityInput, hours: readonly DerivedRow[]): readonly DerivedRow[] {
  const doubts = new Map<string, number>();
  for (const { deviceId, businessDate, kind, confidence } of hours)
    if (kind === "device") {
      const key = `${deviceId} ${businessDate}`;
      doubts.set(key, (doubts.get(key) ?? 0) + Number(confidence));
    }
  const slots = new Map<string, number>();
  for (const { deviceId, from, to } of panel.series)
    for (let slot = from; slot < to; slot += SLOTS_PER_DAY - (slot % SLOTS_PER_DAY)) {
      const key = `${deviceId} ${localOfSlot(read, slot).slice(0, 10)}`;
      slots.set(key, (slots.get(key) ?? 0) + SLOTS_PER_DAY);
    }
  return [...slots].flatMap(([key, count]) => {
    const [deviceId = "", businessDate = ""] = key.split(" ");
    if (!written.has(businessDate)) return [];
    const score = Math.max(0, 1 - (doubts.get(key) ?? 0) / count);
    return [{ tenant: store.tenant, store: store.store, businessDate, deviceId, score: rounded(score, PARTS) }];
  });
}

function keyOf({ store: { tenant, store } }: QualityInput, local: string, series: StoreSeries): DerivedRow {
  const { deviceId, cameraId, targetKind, targetId, measure } = series;
  return { tenant, store, businessDate: local.slice(0, 10), deviceId, cameraId, targetKind, targetId, measure };
}

/** Null for what is no number: no table ever holds NaN. */
const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? rounded(value, PARTS) : null;
