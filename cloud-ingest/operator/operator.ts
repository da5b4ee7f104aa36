import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import type { Bus, BusStats } from "../bus/port.ts";
import { ClockJudge } from "../ingest/clock-judge.ts";
import { replayQuarantine } from "../ingest/replay.ts";
import type { Scheduler } from "../jobs/scheduler.ts";
import { certain, type LedgerLook, LedgerWatch } from "../ledger/ledger-watch.ts";
import type { RowIntake } from "../rows/intake.ts";
import type { Troubles } from "../troubles.ts";
import type { AlertStore, SignalStore } from "../warehouse/alert-port.ts";
import type { DerivedStore } from "../warehouse/derived-port.ts";
import type { JobStore, Ledger, StoreInfo, TrafficStore } from "../warehouse/port.ts";
import type {
  AcceptedDifference,
  IntakeHistory,
  LedgerStore,
  QuarantinedMessage,
  QuarantineFilter,
  QuarantineGroup,
  QuarantineStore,
} from "../warehouse/quarantine-port.ts";
import type { RowStore } from "../warehouse/row-port.ts";
import { AlertsDesk, type AlertsDeskParts, type AlertsOperator } from "./alerts-desk.ts";
import { ForecastDesk, type ForecastOperator } from "./forecast-desk.ts";
import { JobsDesk, type JobsOperator } from "./jobs-desk.ts";
import { QualityDesk, type QualityOperator } from "./quality-desk.ts";
import { RowsDesk, type RowsOperator } from "./rows-desk.ts";

/** The ledger of the bus's streams, and what was accepted before. */
export interface LedgerReport extends Omit<LedgerLook, "least" | "most" | "accepted"> {
  /** What does not add up and is not accepted; negative when there are more traces than acknowledgements. */
  readonly difference: number;
  readonly accepted: readonly AcceptedDifference[];
}

/** A quarantined message as it goes over the wire. */
export interface ShownMessage extends Omit<QuarantinedMessage, "payload"> {
  readonly payloadBase64: string;
}

/** How far a replay or a job is. */
export interface ReplayProgress {
  readonly done: number;
  readonly total: number;
}

/** How a request is answered while it takes long, and how it ends early. */
export interface Attention {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReplayProgress) => void;
}

/** What an operator can do; the answers are the same beside a running cloud half and without one. All throw `AppError`. */
export interface Operator {
  groups(filter: QuarantineFilter, limit: number): Promise<readonly QuarantineGroup[]>;
  show(messageId: string): Promise<ShownMessage | undefined>;
  replay(filter: QuarantineFilter, attention: Attention): Promise<Ledger>;
  ledger(attention: Pick<Attention, "signal">): Promise<LedgerReport>;
  /**
   * From now on only a further difference is one; what was accepted wrongly shows as the opposite difference, and accepting that
   * takes it back. Throws USAGE while messages wait: what a warehouse that went back lacks may be among them.
   */
  accept(note: string, attention: Pick<Attention, "signal">): Promise<LedgerReport>;
  readonly jobs: JobsOperator;
  readonly quality: QualityOperator;
  readonly forecast: ForecastOperator;
  readonly alerts: AlertsOperator;
  readonly rows: RowsOperator;
}

/** A running cloud half stores what waits in an instant, or has a trouble. */
const PATIENCE_MS = 5_000;
const BETWEEN_MS = 100;

export interface OperatorParts {
  readonly bus: Pick<Bus, "stats">;
  readonly warehouse: QuarantineStore &
    LedgerStore &
    IntakeHistory &
    JobStore &
    DerivedStore &
    Pick<TrafficStore, "devices"> &
    RowStore &
    AlertStore &
    SignalStore;
  readonly devices: AlertsDeskParts["devices"];
  readonly alerts: AlertsDeskParts["alerts"];
  readonly registry: AlertsDeskParts["registry"];
  /** Takes in rows that no device sent. */
  readonly rows: RowIntake;
  readonly stores: readonly StoreInfo[];
  /** Left out where this process runs no jobs. */
  readonly scheduler?: Pick<Scheduler, "jobs" | "runNow" | "isRunning"> | undefined;
  readonly troubles: Troubles;
  readonly clock: Clock;
  /** Whether what waits may be stored meanwhile: beside an ingest it is waited for some seconds. */
  readonly isIngesting: boolean;
}

/** Quarantine, ledger and jobs for operators, on the warehouse itself. */
export class Desk implements Operator {
  readonly #parts: OperatorParts;
  readonly #watch: LedgerWatch;
  readonly jobs: JobsOperator;
  readonly quality: QualityOperator;
  readonly forecast: ForecastOperator;
  readonly alerts: AlertsDesk;
  readonly rows: RowsOperator;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    this.jobs = new JobsDesk(parts);
    this.quality = new QualityDesk(parts);
    this.forecast = new ForecastDesk(parts);
    this.alerts = new AlertsDesk(parts);
    this.rows = new RowsDesk(parts);
    this.#watch = new LedgerWatch({ ...parts, store: parts.warehouse });
  }

  groups(filter: QuarantineFilter, limit: number): Promise<readonly QuarantineGroup[]> {
    return this.#parts.warehouse.quarantineGroups(filter, limit);
  }

  async show(messageId: string): Promise<ShownMessage | undefined> {
    const found = await this.#parts.warehouse.quarantinedMessage(messageId);
    if (!found) return undefined;
    const { payload, ...rest } = found;
    return { ...rest, payloadBase64: Buffer.from(payload).toString("base64") };
  }

  async replay(filter: QuarantineFilter, { signal, onProgress }: Attention): Promise<Ledger> {
    const { warehouse: store, clock, troubles, stores } = this.#parts;
    const judge = new ClockJudge({ clock, troubles });
    const now = new Date(clock.nowMs()).toISOString();
    const { clockMark } = await store.intakeBetween(now, now);
    if (clockMark !== undefined) judge.note(Date.parse(clockMark));
    const groups = await store.quarantineGroups(filter, Number.MAX_SAFE_INTEGER);
    const total = groups.reduce((sum, group) => sum + group.pending, 0);
    return replayQuarantine({ store, judge, clock, stores }, filter, {
      signal,
      onProgress: (done) => onProgress({ done, total }),
    });
  }

  async ledger({ signal }: Pick<Attention, "signal">): Promise<LedgerReport> {
    if (this.#parts.bus.stats().isShared) throw noOwnLedger();
    await this.#until(({ isServing }) => isServing !== false, signal);
    const { least, most, ...look } = await this.#watch.check(signal);
    const accepted = await this.#parts.warehouse.acceptedDifferences();
    return { ...look, difference: certain({ least, most }), accepted };
  }

  async accept(note: string, attention: Pick<Attention, "signal">): Promise<LedgerReport> {
    const isQuiet = ({ isServing, depth }: BusStats) => isServing !== false && depth === 0;
    if (!(await this.#until(isQuiet, attention.signal))) throw stillWaiting(this.#parts.bus.stats());
    const { streams, difference } = await this.ledger(attention);
    const stream = streams.at(-1) ?? "";
    if (difference === 0) throw nothingToAccept();
    const acceptedAt = new Date(this.#parts.clock.nowMs()).toISOString();
    await this.#parts.warehouse.acceptDifference({ stream, difference, acceptedAt, note });
    return this.ledger(attention);
  }

  /** False when the bus does not come to that in some seconds. */
  async #until(isSo: (stats: BusStats) => boolean, signal: AbortSignal): Promise<boolean> {
    const { bus, isIngesting } = this.#parts;
    for (
      let left = isIngesting ? PATIENCE_MS : 0;
      left > 0 && !signal.aborted && !isSo(bus.stats());
      left -= BETWEEN_MS
    )
      await pause(BETWEEN_MS, signal);
    return isSo(bus.stats());
  }
}

function stillWaiting({ depth, isServing }: BusStats): AppError {
  const what = isServing === false ? "The bus does not know yet how far the warehouse is" : `${depth} messages wait`;
  return new AppError(`${what}, so nobody can tell what is missing`, {
    code: "USAGE",
    hint: "Let the cloud half run until nothing waits, then accept what is left.",
  });
}

function noOwnLedger(): AppError {
  return new AppError("Other processes take and store messages of this bus too, so this one cannot add them up", {
    code: "USAGE",
    hint: "Compare kazoe_acked_total of the brokers with stored, duplicate and quarantined of ingest once the subscription is empty.",
  });
}

function nothingToAccept(): AppError {
  return new AppError("The ledger adds up", {
    code: "USAGE",
    hint: "There is nothing to accept; see kazoe ledger show.",
  });
}
