import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ERROR_CODES, type ErrorCode } from "../../firmware-config/kit/error-codes.ts";
import { AppError, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import type { Ledger } from "../warehouse/port.ts";
import type { QuarantineFilter, QuarantineGroup } from "../warehouse/quarantine-port.ts";
import type { AlertsOperator } from "./alerts-desk.ts";
import type { ForecastOperator } from "./forecast-desk.ts";
import type { JobsOperator } from "./jobs-desk.ts";
import { linesOf } from "./lines.ts";
import type { Attention, LedgerReport, Operator, ShownMessage } from "./operator.ts";
import type { OperatorRequest } from "./protocol.ts";
import type { QualityOperator } from "./quality-desk.ts";
import type { RowsOperator } from "./rows-desk.ts";

type Waiting = Pick<Attention, "signal"> & Partial<Attention>;

const PATIENT: Waiting = { signal: new AbortController().signal };

/** Has a running cloud half do it. */
export class RemoteOperator implements Operator {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether somebody listens. */
  async answers(): Promise<boolean> {
    const socket = connect(this.#path);
    try {
      await once(socket, "connect");
      return true;
    } catch (error) {
      if (systemCodeOf(error) === "EACCES") throw notAllowed(error);
      return false;
    } finally {
      socket.destroy();
    }
  }

  async groups(filter: QuarantineFilter, limit: number): Promise<readonly QuarantineGroup[]> {
    return this.#ask({ op: "quarantine-list", filter: wire(filter), limit }, PATIENT);
  }

  async show(messageId: string): Promise<ShownMessage | undefined> {
    return (await this.#ask({ op: "quarantine-show", messageId }, PATIENT)) ?? undefined;
  }

  async replay(filter: QuarantineFilter, attention: Attention): Promise<Ledger> {
    return this.#ask({ op: "quarantine-replay", filter: wire(filter) }, attention);
  }

  async ledger(attention: Waiting): Promise<LedgerReport> {
    return this.#ask({ op: "ledger-show" }, attention);
  }

  async accept(note: string, attention: Waiting): Promise<LedgerReport> {
    return this.#ask({ op: "ledger-accept", note }, attention);
  }

  readonly jobs: JobsOperator = {
    list: (limit) => this.#ask({ op: "jobs-list", limit }, PATIENT),
    show: async (runId) => (await this.#ask({ op: "jobs-show", runId }, PATIENT)) ?? undefined,
    run: (job, wish, attention) => this.#ask({ op: "jobs-run", job, wish }, attention),
  };

  readonly alerts: AlertsOperator = {
    list: ({ tenant, store }, days) => {
      const filter = { ...(tenant !== undefined && { tenant }), ...(store !== undefined && { store }) };
      return this.#ask({ op: "alerts-list", filter, days }, PATIENT);
    },
    show: async (alertId) => (await this.#ask({ op: "alerts-show", alertId }, PATIENT)) ?? undefined,
    say: (saying) => this.#ask({ op: "alerts-say", saying }, PATIENT),
    quality: (days) => this.#ask({ op: "alerts-quality", days }, PATIENT),
    replay: (ask, attention) => this.#ask({ op: "alerts-replay", ask }, attention),
  };

  readonly quality: QualityOperator = {
    report: ({ tenant, store }, { from, to }) => this.#ask({ op: "quality-report", tenant, store, from, to }, PATIENT),
    say: (word) => this.#ask({ op: "quality-say", word }, PATIENT),
  };

  readonly rows: RowsOperator = {
    add: ({ texts, by, isDryRun }, attention) =>
      this.#ask({ op: "rows-add", texts: [...texts], by, isDryRun }, attention),
    days: ({ tenant, store, door, date, days }) =>
      this.#ask({ op: "rows-days", tenant, store, ...(door !== undefined && { door }), date, days }, PATIENT),
  };

  readonly forecast: ForecastOperator = {
    rows: ({ tenant, store }, date) => this.#ask({ op: "forecast-rows", tenant, store, date }, PATIENT),
  };

  async #ask(request: OperatorRequest, { signal, onProgress = () => {} }: Waiting) {
    const socket = connect(this.#path);
    const stop = () => socket.destroy();
    signal.addEventListener("abort", stop);
    try {
      await once(socket, "connect");
      socket.write(`${JSON.stringify(request)}\n`);
      return await answerOf(socket, onProgress);
    } catch (error) {
      // It is we who hung up.
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      socket.destroy();
    }
  }
}

async function answerOf(socket: Socket, onProgress: Attention["onProgress"]) {
  for await (const line of linesOf(socket)) {
    const answer = JSON.parse(line);
    if (answer.error)
      throw new AppError(answer.error.message, { code: codeOf(answer.error.code), hint: answer.error.hint });
    if ("result" in answer) return answer.result;
    onProgress(answer.progress);
  }
  throw new AppError("The cloud half stopped before it was done", {
    code: "STORE_LOCKED",
    hint: "Ask again: what was done is kept, and nothing is done twice.",
    retryable: true,
  });
}

const wire = ({ messageIds, ...filter }: QuarantineFilter) => ({
  ...filter,
  ...(messageIds && { messageIds: [...messageIds] }),
});

function codeOf(code: string): ErrorCode {
  const known = (name: string): name is ErrorCode => Object.hasOwn(ERROR_CODES, name);
  return known(code) ? code : "INTERNAL";
}

function notAllowed(cause: unknown): AppError {
  const hint = "Use the account that kazoe runs under.";
  return new AppError("The socket of the running cloud half is not ours", { code: "DISK_UNWRITABLE", hint, cause });
}
