import Type from "typebox";
import { Identifier } from "./identifier.ts";

/** Major version of the contract; a reader quarantines every other one. */
export const CONTRACT_VERSION = 1;

/** Largest payload that a producer sends and a broker takes. */
export const MAX_PAYLOAD_BYTES = 64 * 1024;

/** A century in seconds: longer than a device runs, or than a clock that was never set is behind. */
export const CENTURY_S = 3_155_760_000;

/** A year: nobody and no thing stays longer in one track. */
export const MAX_VISIT_S = 31_622_400;

export const Timestamp = Type.String({
  format: "date-time",
  maxLength: 35,
  description: "RFC 3339, UTC",
});

/** Letters, digits, hyphens; made anew at every start of the agent. */
export const BootId = Type.String({
  pattern: "^[A-Za-z0-9-]{8,64}$",
  description: "made anew at every start of the agent",
});

/** Fields that every data message carries. */
export const envelopeFields = {
  v: Type.Literal(CONTRACT_VERSION, { description: "major version of the contract" }),
  deviceId: Identifier,
  bootId: BootId,
  seq: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "grows by one per message of a boot",
  }),
  ts: Type.String({ format: "date-time", maxLength: 35, description: "capture time, UTC" }),
  monotonicMs: Type.Number({
    minimum: 0,
    maximum: CENTURY_S * 1000,
    description: "milliseconds since the agent started; unmoved by clock corrections",
  }),
  clockSynced: Type.Boolean({ description: "true when the device knew its clock to be right" }),
  historical: Type.Boolean({ description: "true when sent later than it was counted, from the backlog" }),
} as const;

/** What identifies a data message everywhere: `deviceId:bootId:seq`. */
export function eventIdOf(message: {
  readonly deviceId: string;
  readonly bootId: string;
  readonly seq: number;
}): string {
  return `${message.deviceId}:${message.bootId}:${message.seq}`;
}
