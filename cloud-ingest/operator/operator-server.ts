import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { Ajv } from "ajv";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { makeFolder } from "../../firmware-config/kit/make-folder.ts";
import { aborted } from "../../firmware-config/kit/pause.ts";
import { FIRST_DATE, isDate, LAST_DATE } from "../calendar.ts";
import type { QuarantineFilter } from "../warehouse/quarantine-port.ts";
import { linesOf } from "./lines.ts";
import type { Attention, Operator } from "./operator.ts";
import { MAX_LINE_BYTES, OperatorRequest, socketFolder, socketPath } from "./protocol.ts";

export interface OperatorServerParts {
  readonly dataDir: string;
  readonly operator: Operator;
  readonly log: Log;
}

const isRequest = new Ajv().compile<OperatorRequest>(OperatorRequest);

/** Answers an operator's commands on a socket in the data folder: whoever may open it may write the warehouse's files too. */
export class OperatorServer {
  /** Resolves when it answers, or has said why it does not. */
  readonly ready: Promise<void>;
  readonly #parts: OperatorServerParts;
  #onReady = () => {};
  readonly #sockets = new Set<Socket>();

  constructor(parts: OperatorServerParts) {
    this.#parts = parts;
    this.ready = new Promise((resolve) => {
      this.#onReady = resolve;
    });
  }

  /** Answers until `signal` aborts. Nothing else depends on it: when it cannot listen it says so and does nothing. */
  async run(signal: AbortSignal): Promise<void> {
    const server = await this.#listen(signal);
    this.#onReady();
    if (!server) return;
    await aborted(signal);
    for (const socket of this.#sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }

  async #listen(signal: AbortSignal): Promise<Server | undefined> {
    const { dataDir, log } = this.#parts;
    const path = socketPath(dataDir);
    if (path === undefined) {
      log.warn({}, "the path of the data folder is too long for operators' commands; stop kazoe before you use them");
      return undefined;
    }
    try {
      await makeFolder(socketFolder(dataDir), 0o700);
      await chmod(socketFolder(dataDir), 0o700);
      // The data folder has one owner, so a socket that is there was left behind by a crash.
      await rm(path, { force: true });
      const server = createServer((socket) => this.#serve(socket, signal));
      server.listen(path);
      await once(server, "listening");
      return server;
    } catch (error) {
      log.warn({ error: messageOf(error) }, "operators' commands are not answered while kazoe runs");
      return undefined;
    }
  }

  #serve(socket: Socket, signal: AbortSignal): void {
    const gone = new AbortController();
    this.#sockets.add(socket);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      gone.abort();
    });
    const send = (line: object) => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`));
    const attention = {
      signal: AbortSignal.any([signal, gone.signal]),
      onProgress: (progress: object) => send({ progress }),
    };
    void this.#answer(socket, attention)
      .then((result) => send({ result: result ?? null }))
      .catch((error) => send({ error: errorOf(error) }))
      .finally(() => socket.end());
  }

  async #answer(socket: Socket, attention: Attention): Promise<unknown> {
    const request = requestOf(await firstLine(socket));
    const { operator, log } = this.#parts;
    log.info({ op: request.op }, "operator's command");
    switch (request.op) {
      case "quarantine-list":
        return operator.groups(request.filter, request.limit);
      case "quarantine-show":
        return operator.show(request.messageId);
      case "quarantine-replay":
        return operator.replay(request.filter, attention);
      case "ledger-show":
        return operator.ledger(attention);
      case "ledger-accept":
        return operator.accept(request.note, attention);
      case "quality-report":
        return operator.quality.report(request, request);
      case "quality-say":
        return operator.quality.say(request.word);
      case "rows-add":
        return operator.rows.add(request, attention);
      case "rows-days":
        return operator.rows.days(request);
      case "forecast-rows":
        return operator.forecast.rows(request, request.date);
      case "alerts-list":
        return operator.alerts.list(request.filter, request.days);
      case "alerts-show":
        return operator.alerts.show(request.alertId);
      case "alerts-say":
        return operator.alerts.say(request.saying);
      case "alerts-quality":
        return operator.alerts.quality(request.days);
      case "alerts-replay":
        return operator.alerts.replay(request.ask, attention);
      case "jobs-list":
        return operator.jobs.list(request.limit);
      case "jobs-show":
        return operator.jobs.show(request.runId);
      case "jobs-run":
        return operator.jobs.run(request.job, request.wish, attention);
    }
  }
}

async function firstLine(socket: Socket): Promise<string> {
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_LINE_BYTES) socket.destroy();
  });
  for await (const line of linesOf(socket)) return line;
  return "";
}

function requestOf(line: string): OperatorRequest {
  const request = jsonOf(line);
  if (!isRequest(request)) throw noRequest();
  if ("filter" in request && request.op !== "alerts-list") checkDates(request.filter);
  if ("ask" in request) checkDates(request.ask);
  if ("wish" in request) checkDates(request.wish);
  if ("word" in request) checkDates(request.word);
  if ("date" in request) checkDates({ from: request.date });
  if ("from" in request) checkDates(request);
  return request;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw noRequest();
  }
}

function noRequest(): AppError {
  return new AppError("Not a request that this version knows", {
    code: "USAGE",
    hint: "Use the kazoe command of the version that runs.",
  });
}

function checkDates({ from, to }: Pick<QuarantineFilter, "from" | "to">): void {
  for (const date of [from, to])
    if (date !== undefined && !isDate(date))
      throw new AppError(`There is no date ${date}`, {
        code: "USAGE",
        hint: `Give dates from ${FIRST_DATE} to ${LAST_DATE}, as YYYY-MM-DD.`,
      });
}

function errorOf(error: unknown): object {
  const known = error instanceof AppError ? error : undefined;
  const { code, hint } = known ?? { code: "INTERNAL", hint: "Report this with the log." };
  return { code, hint, message: messageOf(error) };
}
