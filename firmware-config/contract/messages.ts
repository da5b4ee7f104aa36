import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { CountsMessage } from "./counts.ts";
import { CONTRACT_VERSION } from "./envelope.ts";
import { EventMessage } from "./events.ts";
import { HealthMessage } from "./health.ts";
import { isInstant } from "./instant-format.ts";
import { jsonOf } from "./json.ts";
import { openWordKeyword } from "./open-word.ts";
import { implausible } from "./plausible.ts";
import { BirthMessage, StateMessage } from "./presence.ts";
import type { MessageKind } from "./topics.ts";

export type DataMessage = CountsMessage | EventMessage | HealthMessage;
export type Message = DataMessage | StateMessage | BirthMessage;

/** The schema of each kind of message. */
export const MESSAGE_SCHEMAS = {
  state: StateMessage,
  birth: BirthMessage,
  counts: CountsMessage,
  events: EventMessage,
  health: HealthMessage,
} as const;

/** The outcome of reading a payload; `reason` goes to quarantine with it. */
export type Parsed = { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly reason: string };

/** One for all: to make one takes as long as to read a message with it. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

const producer = compileAll("producer");
const reader = compileAll("reader");

/** Says what is wrong with a message that we are about to send, or undefined; unknown fields and words are wrong. */
export function faultOf(kind: MessageKind, message: unknown): string | undefined {
  const validate = producer[kind];
  return validate(message) ? undefined : explain(validate.errors);
}

/** Reads a payload leniently: unknown fields are left out, open words taken as they are; anything else that is wrong is the reason. */
export function parseMessage(kind: MessageKind, payload: Uint8Array): Parsed {
  let value: unknown;
  try {
    value = jsonOf(utf8.decode(payload));
  } catch {
    return { ok: false, reason: "not JSON" };
  }
  const version = versionOf(value);
  if (version !== CONTRACT_VERSION)
    return { ok: false, reason: `unknown contract version ${JSON.stringify(version)?.slice(0, 40)}` };
  const validate = reader[kind];
  if (!validate(value)) return { ok: false, reason: explain(validate.errors) };
  const reason = implausible(value);
  return reason === undefined ? { ok: true, message: value } : { ok: false, reason };
}

function versionOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "v" in value ? value.v : undefined;
}

function explain(errors: ErrorObject[] | null | undefined): string {
  const [first] = errors ?? [];
  return `${first?.instancePath || "/"} ${first?.message ?? "is invalid"}`;
}

function compileAll(role: "producer" | "reader"): Record<MessageKind, ValidateFunction<Message>> {
  // Ajv: the reference JSON Schema validator for Node.
  const ajv = new Ajv({ removeAdditional: role === "reader", allowUnionTypes: true, discriminator: true });
  ajv.addFormat("date-time", isInstant);
  ajv.addKeyword(openWordKeyword(role === "producer"));
  const compile = (kind: MessageKind) => ajv.compile<Message>(MESSAGE_SCHEMAS[kind]);
  return {
    state: compile("state"),
    birth: compile("birth"),
    counts: compile("counts"),
    events: compile("events"),
    health: compile("health"),
  };
}
