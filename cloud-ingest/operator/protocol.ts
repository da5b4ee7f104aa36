import { join } from "node:path";
import Type from "typebox";
import { Identifier } from "../../firmware-config/contract/identifier.ts";
import { WORDS } from "../alerts/engine/words.ts";
import { MOST_ROW_CHARACTERS, MOST_ROWS } from "../rows/intake.ts";
import { MAX_GROUPS } from "../warehouse/quarantine-port.ts";

/** Longest request and answer line; an answer holds one payload of 64 KiB in base64, or the groups. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** The kernel's bound of a socket's path, 108 bytes with its end on Linux, 104 elsewhere. */
const MAX_PATH_BYTES = 100;

const day = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const text = Type.String({ maxLength: 1_000 });

const FilterShape = Type.Object(
  {
    tenant: Type.Optional(Identifier),
    store: Type.Optional(Identifier),
    reason: Type.Optional(text),
    from: Type.Optional(day),
    to: Type.Optional(day),
    messageIds: Type.Optional(Type.Array(text, { maxItems: 1_000 })),
  },
  { additionalProperties: false },
);

const PLACE = { tenant: Identifier, store: Identifier };

const WishShape = Type.Object(
  {
    from: Type.Optional(day),
    to: Type.Optional(day),
    tenant: Type.Optional(Identifier),
    store: Type.Optional(Identifier),
  },
  { additionalProperties: false },
);

const name = Type.Union([Identifier, Type.Literal("")]);

const SayingShape = Type.Object(
  {
    word: Type.Enum([...WORDS]),
    alertId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    subject: Type.Optional(Type.Object({ tenant: name, store: name, device: name }, { additionalProperties: false })),
    until: Type.Optional(Type.String({ maxLength: 40 })),
    ...{ by: text, note: text },
  },
  { additionalProperties: false },
);

const request = <Op extends string, Fields extends Record<string, Type.TSchema>>(op: Op, fields: Fields) =>
  Type.Object({ op: Type.Literal(op), ...fields }, { additionalProperties: false });

/** What a command asks of a running cloud half: one JSON line. */
export const OperatorRequest = Type.Union([
  request("quarantine-list", { filter: FilterShape, limit: Type.Integer({ minimum: 1, maximum: MAX_GROUPS }) }),
  request("quarantine-show", { messageId: text }),
  request("quarantine-replay", { filter: FilterShape }),
  request("ledger-show", {}),
  request("ledger-accept", { note: text }),
  request("quality-report", { ...PLACE, from: day, to: day }),
  request("quality-say", {
    word: Type.Object(
      {
        ...{ ...PLACE, from: day, to: day, device: Identifier, note: text, by: text },
        verdict: Type.Enum(["overrule", "confirm"]),
      },
      { additionalProperties: false },
    ),
  }),
  request("rows-add", {
    texts: Type.Array(Type.String({ maxLength: MOST_ROW_CHARACTERS }), { maxItems: MOST_ROWS }),
    by: text,
    isDryRun: Type.Boolean(),
  }),
  request("rows-days", {
    ...PLACE,
    door: Type.Optional(Identifier),
    date: day,
    days: Type.Integer({ minimum: 1, maximum: 400 }),
  }),
  request("forecast-rows", { ...PLACE, date: day }),
  request("alerts-list", {
    filter: Type.Object(
      { tenant: Type.Optional(Identifier), store: Type.Optional(Identifier) },
      { additionalProperties: false },
    ),
    days: Type.Integer({ minimum: 0, maximum: 400 }),
  }),
  request("alerts-show", { alertId: Type.String({ minLength: 1, maxLength: 100 }) }),
  request("alerts-say", { saying: SayingShape }),
  request("alerts-quality", { days: Type.Integer({ minimum: 1, maximum: 400 }) }),
  request("alerts-replay", { ask: Type.Object({ rules: text, from: day, to: day }, { additionalProperties: false }) }),
  request("jobs-list", { limit: Type.Integer({ minimum: 1, maximum: 100 }) }),
  request("jobs-show", { runId: Type.String({ minLength: 1, maxLength: 100 }) }),
  request("jobs-run", { job: Type.String({ minLength: 1, maxLength: 100 }), wish: WishShape }),
]);
export type OperatorRequest = Type.Static<typeof OperatorRequest>;

/** The folder of the socket, for its owner alone. */
export const socketFolder = (dataDir: string) => join(dataDir, "operator");

/** Where a running cloud half answers its operator; undefined where the folder's path is too long for a socket. */
export function socketPath(dataDir: string): string | undefined {
  const path = join(socketFolder(dataDir), "socket");
  return Buffer.byteLength(path) <= MAX_PATH_BYTES ? path : undefined;
}
