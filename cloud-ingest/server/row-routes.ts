import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import { MOST_ROWS, type RowAnswer, type RowIntake, type RowSender } from "../rows/intake.ts";
import { sendBusy, sendText } from "./answers.ts";
import { goneSignal } from "./gone.ts";
import type { Readers } from "./readers.ts";
import { isOfThisSite, visitorOf } from "./request-guard.ts";
import { type TurnLimits, Turns } from "./turns.ts";

export interface RowRoutesParts {
  readonly readers: Readers;
  readonly rows: Pick<RowIntake, "add">;
}

const JSON_LINES = "application/x-ndjson";
/** A thousand rows of the usual size. */
const MOST_BYTES = 1024 * 1024;
/** Bodies in hand at once: what they may take of memory, and of a warehouse's questions. A sender who is slow leaves room for others. */
const LIMITS: TurnLimits = { perReader: 2, total: 6, waitingPerReader: 10, waitMs: 3_000 };
/** A bus or a warehouse that hangs must hold no connection; an intake itself waits 10 s. */
const ANSWER_MS = 20_000;

/** A line of the body that was not empty. */
interface Line {
  readonly line: number;
  readonly text: string;
}

/** `POST /rows` takes rows from readers who may write a table; each line is a row, and each is answered by itself. */
export function addRowRoutes(app: FastifyInstance, { readers, rows }: RowRoutesParts): void {
  const senders = new WeakMap<FastifyRequest, RowSender>();
  const turns = new Turns(LIMITS);
  /** Before any of the body is read: who may not send rows takes no memory. */
  const admit = async (request: FastifyRequest, reply: FastifyReply) => {
    const visitor = await visitorOf(readers, request, reply);
    if (!visitor) return reply;
    const { name, tenant, writes = [] } = visitor;
    if (writes.length === 0) return sendText(reply, 403, "This reader may write no rows (http.readers[].writes).");
    if (!isOfThisSite(request))
      return sendText(reply, 403, "Name this server as the origin: header Origin, as http://localhost:8080.");
    const gone = goneSignal(request);
    const turn = await turns.take(name, gone);
    if (typeof turn === "string") return sendBusy(reply, turn);
    // The sender may have gone while it waited.
    if (gone.aborted) turn();
    reply.raw.once("close", turn);
    senders.set(request, { by: name, tables: writes, ...(tenant !== undefined && { tenant }) });
    return undefined;
  };
  app.register(async (own) => {
    // Only here: no other address reads a body like this.
    own.removeAllContentTypeParsers();
    own.addContentTypeParser(JSON_LINES, { parseAs: "buffer", bodyLimit: MOST_BYTES }, (_, body, done) =>
      done(null, body),
    );
    own.post("/rows", { bodyLimit: MOST_BYTES, onRequest: admit }, async (request, reply) => {
      const sender = senders.get(request);
      const lines = linesOf(request.body);
      if (!sender || !lines)
        return sendText(reply, 400, `A row on each line as JSON (${JSON_LINES}) in UTF-8 is read.`);
      if (lines.length > MOST_ROWS) return sendText(reply, 413, `At most ${MOST_ROWS} rows at once.`);
      return answered(reply, taken(rows, { lines, sender, signal: goneSignal(request) }), lines);
    });
  });
}

interface Taking {
  readonly lines: readonly Line[];
  readonly sender: RowSender;
  readonly signal: AbortSignal;
}

/** Undefined when it takes too long, a text when the bus takes none. */
async function taken(
  rows: RowRoutesParts["rows"],
  { lines, sender, signal }: Taking,
): Promise<readonly RowAnswer[] | undefined> {
  const done = new AbortController();
  const late = pause(ANSWER_MS, done.signal).then(() => undefined);
  try {
    const adding = rows.add(
      lines.map(({ text }) => text),
      sender,
      { signal },
    );
    return await Promise.race([adding, late]);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  } finally {
    done.abort();
  }
}

async function answered(
  reply: FastifyReply,
  taking: Promise<readonly RowAnswer[] | undefined>,
  lines: readonly Line[],
): Promise<FastifyReply> {
  const answers = await taking;
  if (!answers)
    return sendText(
      reply.header("retry-after", "60"),
      503,
      "The rows could not all be taken now. Send all of them again: each is taken once.",
    );
  const count = (outcome: RowAnswer["outcome"]) => answers.filter((one) => one.outcome === outcome).length;
  const counts = { stored: count("stored"), duplicate: count("duplicate"), refused: count("refused") };
  const rows = answers.map(({ row, ...answer }) => ({ line: lines[row - 1]?.line ?? row, ...answer }));
  const waiting = count("waiting");
  return reply.code(waiting > 0 ? 202 : 200).send({ ...counts, waiting, rows });
}

/** Undefined for what is no text, or has no rows. */
function linesOf(body: unknown): readonly Line[] | undefined {
  if (!Buffer.isBuffer(body)) return undefined;
  try {
    const lines = new TextDecoder("utf-8", { fatal: true }).decode(body).split(/\r\n?|\n/);
    const rows = lines.flatMap((text, at) => (text.trim() === "" ? [] : [{ line: at + 1, text }]));
    return rows.length > 0 ? rows : undefined;
  } catch {
    return undefined;
  }
}
