import { eventIdOf, MAX_PAYLOAD_BYTES } from "../../firmware-config/contract/envelope.ts";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "../../firmware-config/contract/instant-format.ts";
import { type Message, type Parsed, parseMessage } from "../../firmware-config/contract/messages.ts";
import { storable } from "../../firmware-config/contract/storable.ts";
import { isMessageKind, type MessageKind, parseTopic } from "../../firmware-config/contract/topics.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { BusEntry, BusMessage } from "../bus/port.ts";
import type { DataRow, IngestBatch, PresenceRow, QuarantineRow, RefusedRow } from "../warehouse/port.ts";
import type { SourceRow } from "../warehouse/row-port.ts";
import type { ClockJudge } from "./clock-judge.ts";
import { RowJudge } from "./row-judge.ts";

const DAY_MS = 86_400_000;
/** Of what base64 holds whole: enough to read what it is. A warehouse holds some thousand such rows in memory at once. */
const EXCERPT_CHARACTERS = 4096;

/** What a message is. */
export type Sorted =
  | { readonly data: DataRow }
  | { readonly presence: PresenceRow }
  | { readonly row: SourceRow }
  | { readonly reason: string };

/** Of a cloud half that has no stores: every row is refused. */
const NO_STORES = new RowJudge([]);

/** A batch that knows where its rows came from. */
export interface SortedBatch extends IngestBatch {
  /** The message of each row of `data`. */
  readonly sources: readonly BusEntry[];
  readonly rows: readonly SourceRow[];
  /** The message of each of `rows`. */
  readonly rowSources: readonly BusEntry[];
}

/** Sorts what came into what is stored and what is quarantined, each message into exactly one. */
export function sortMessages(
  messages: readonly BusEntry[],
  judge: ClockJudge,
  rowJudge: RowJudge = NO_STORES,
): SortedBatch {
  const data: DataRow[] = [];
  const sources: BusEntry[] = [];
  const presence: PresenceRow[] = [];
  const quarantine: QuarantineRow[] = [];
  const rows: SourceRow[] = [];
  const rowSources: BusEntry[] = [];
  for (const message of messages) {
    const { unusable } = message;
    const sorted = unusable === undefined ? sortMessage(message.message, judge, rowJudge) : { reason: unusable };
    if ("data" in sorted) {
      data.push(sorted.data);
      sources.push(message);
    } else if ("row" in sorted) {
      rows.push(sorted.row);
      rowSources.push(message);
    } else if ("presence" in sorted) presence.push(sorted.presence);
    else quarantine.push(quarantined(message, sorted.reason));
  }
  return { ...positionOf(messages), data, presence, quarantine, sources, rows, rowSources };
}

/** The batch with the rows that a warehouse refuses in quarantine. */
export function withoutRefused(
  batch: SortedBatch,
  refused: readonly RefusedRow[],
  refusedRows: readonly RefusedRow[] = [],
): IngestBatch {
  const { sources, rowSources, ...rest } = batch;
  return {
    ...rest,
    data: kept(batch.data, refused),
    rows: kept(batch.rows, refusedRows),
    quarantine: [...batch.quarantine, ...moved(sources, refused), ...moved(rowSources, refusedRows)],
  };
}

function kept<T>(rows: readonly T[], refused: readonly RefusedRow[]): readonly T[] {
  const out = new Set(refused.map(({ index }) => index));
  return rows.filter((_, index) => !out.has(index));
}

function moved(sources: readonly BusEntry[], refused: readonly RefusedRow[]): readonly QuarantineRow[] {
  return [...refused]
    .sort((a, b) => a.index - b.index)
    .flatMap(({ index, reason }) => {
      const message = sources[index];
      return message ? [quarantined(message, `the warehouse refuses it: ${reason}`)] : [];
    });
}

/** Where the bus stands after these messages, if it tells. */
function positionOf(messages: readonly BusEntry[]): Pick<IngestBatch, "position"> {
  const position = messages.at(-1)?.position;
  return position ? { position } : {};
}

/** A message that could not be used, with why. */
function quarantined({ id, message: { receivedAtMs, topic, payload } }: BusEntry, reason: string): QuarantineRow {
  const receivedAt = new Date(nearestInstant(receivedAtMs)).toISOString();
  const kept = Buffer.from(payload.subarray(0, MAX_PAYLOAD_BYTES));
  const text = storable(new TextDecoder().decode(kept));
  const isExact = Buffer.from(text).equals(kept);
  return {
    ...{ messageId: id, receivedAt, topic: storable(topic), reason: storable(reason) },
    ...(isExact
      ? { payload: text }
      : { payload: storable(text.slice(0, EXCERPT_CHARACTERS)), payloadBase64: kept.toString("base64") }),
  };
}

/** The nearest time that RFC 3339 can say; the first one for what is no time at all. */
const nearestInstant = (ms: number) =>
  Math.min(LAST_INSTANT_MS, Math.max(FIRST_INSTANT_MS, Number.isNaN(ms) ? FIRST_INSTANT_MS : ms));

/** Where a message belongs, or why it cannot be used. Never throws, so that no message stops those behind it. */
export function sortMessage(message: BusMessage, judge: ClockJudge, rowJudge: RowJudge = NO_STORES): Sorted {
  try {
    return judged(message, judge, rowJudge);
  } catch (error) {
    return { reason: `unreadable: it cannot be sorted: ${messageOf(error).slice(0, 100)}` };
  }
}

function judged({ topic, payload, receivedAtMs }: BusMessage, judge: ClockJudge, rowJudge: RowJudge): Sorted {
  if (receivedAtMs !== nearestInstant(receivedAtMs)) return { reason: "its time of receipt is no time" };
  const receivedAt = timeOf(receivedAtMs);
  if (payload.byteLength > MAX_PAYLOAD_BYTES) return { reason: `larger than ${MAX_PAYLOAD_BYTES} bytes` };
  const row = rowJudge.judge(topic, payload, receivedAt);
  if (row) return row;
  const identity = parseTopic(topic);
  if (!identity) return { reason: "unknown topic" };
  if (!identity.kind) return { reason: "unknown kind of topic" };
  if (!isMessageKind(identity.kind)) return { reason: `kind not handled yet: ${identity.kind}` };
  const parsed = parseSafely(identity.kind, payload);
  if (!parsed.ok) return { reason: parsed.reason };
  const { message } = parsed;
  if (message.deviceId !== identity.device) return { reason: "deviceId is not the device of the topic" };
  // Presence asks no clock, so a device whose clock is wrong is known to be there all the same.
  if (message.kind === "state" || message.kind === "birth") return { presence: { identity, receivedAt, message } };
  judge.hear(`${identity.tenant}/${identity.store}/${identity.device}`, message, receivedAtMs);
  const clockFault = judge.faultOf(message, receivedAtMs) ?? windowFaultOf(message);
  if (clockFault) return { reason: clockFault };
  const date = message.ts.endsWith("Z") ? message.ts.slice(0, 10) : new Date(message.ts).toISOString().slice(0, 10);
  return { data: { identity, eventId: eventIdOf(message), date, receivedAt, message } };
}

/** Many messages are received in one millisecond. */
let lastTime = { ms: Number.NaN, text: "" };

function timeOf(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

/** A payload nested without end overflows the stack of whoever prints it; one message must not stop the others. */
function parseSafely(kind: MessageKind, payload: Uint8Array): Parsed {
  try {
    return parseMessage(kind, payload);
  } catch (error) {
    return { ok: false, reason: `unreadable: ${messageOf(error).slice(0, 100)}` };
  }
}

/** The warehouse looks for a window's counts in the date partitions around the window. */
function windowFaultOf(message: Message): string | undefined {
  if (message.kind !== "counts") return undefined;
  const apartMs = Math.abs(Date.parse(message.windowStart) - Date.parse(message.ts));
  return apartMs <= DAY_MS ? undefined : "windowStart is more than a day from ts";
}
