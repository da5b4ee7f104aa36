import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import type { DateRange } from "../calendar.ts";
import { wordsOf } from "../jobs/quality/words.ts";
import { assertTaken, type RowIntake, rowText, versionNow } from "../rows/intake.ts";
import type { DerivedRow, DerivedStore } from "../warehouse/derived-port.ts";
import type { StoreInfo, TrafficStore } from "../warehouse/port.ts";
import type { RowStore } from "../warehouse/row-port.ts";
import { assertFewDays } from "./check-ask.ts";
import { storeNamed } from "./store-named.ts";

/** What a person says of a device's counts on some dates. */
export interface QualityWord extends DateRange {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
  /** `overrule`: the counts stand; `confirm`: they are not to be believed. */
  readonly verdict: "overrule" | "confirm";
  readonly by: string;
  readonly note: string;
}

/** The flags of a store, and what was said of them. */
export interface QualityReport {
  readonly flags: readonly DerivedRow[];
  readonly words: readonly DerivedRow[];
}

/** What an operator can do about flags. All throw `AppError`. */
export interface QualityOperator {
  report(store: Pick<QualityWord, "tenant" | "store">, range: DateRange): Promise<QualityReport>;
  /** Keeps a word for ever, with its time; the next run of the quality job goes by it. */
  say(word: QualityWord): Promise<void>;
}

export interface QualityDeskParts {
  readonly warehouse: DerivedStore & Pick<RowStore, "sourceRows"> & Pick<TrafficStore, "devices">;
  readonly rows: Pick<RowIntake, "add">;
  readonly stores: readonly StoreInfo[];
  readonly clock: Clock;
}

/** Flags and words for operators, on the warehouse itself. */
export class QualityDesk implements QualityOperator {
  readonly #parts: QualityDeskParts;

  constructor(parts: QualityDeskParts) {
    this.#parts = parts;
  }

  async report(place: Pick<QualityWord, "tenant" | "store">, range: DateRange): Promise<QualityReport> {
    const { warehouse } = this.#parts;
    const store = storeNamed(this.#parts.stores, place);
    return {
      flags: await warehouse.derived("quality_flag", store, range),
      words: await wordsOf(warehouse, store, range),
    };
  }

  async say({ device, verdict, by, note, from, to, tenant, store: name }: QualityWord): Promise<void> {
    const { clock, rows } = this.#parts;
    const place = { tenant, store: name };
    const store = storeNamed(this.#parts.stores, place);
    assertFewDays({ from, to });
    await this.#assertKnown(store, device, { from, to });
    const said = { device, to, verdict, note };
    const row = { table: "overrule", key: `${device} ${from}..${to}`, version: versionNow(clock), date: from } as const;
    assertTaken(await rows.add([rowText(place, { ...row, columns: said })], { by }));
  }

  /** A word on a device that nobody has heard of would help no count, and nobody would see why. */
  async #assertKnown(store: StoreInfo, device: string, range: DateRange): Promise<void> {
    const { warehouse } = this.#parts;
    const heard = (await warehouse.devices(store)).map(({ deviceId }) => deviceId);
    const flagged = (await warehouse.derived("quality_flag", store, range)).map(({ deviceId }) => String(deviceId));
    const known = [...new Set([...heard, ...flagged])].sort();
    if (known.includes(device)) return;
    throw new AppError(`${safeLine(`${store.tenant}/${store.store}`)} has no device ${safeLine(device)}`, {
      code: "USAGE",
      hint: known.length === 0 ? "None of it was ever heard of." : `Heard of: ${known.slice(0, 20).join(", ")}.`,
    });
  }
}
