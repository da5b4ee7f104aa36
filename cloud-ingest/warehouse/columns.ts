import Type from "typebox";
import { CountsMessage } from "../../firmware-config/contract/counts.ts";
import { Crossing, Visit } from "../../firmware-config/contract/events.ts";
import { HealthMessage } from "../../firmware-config/contract/health.ts";

/** What a column holds, in no database's words: each driver maps these to its own. */
export type ColumnType = "text" | "integer" | "number" | "boolean" | "date" | "timestamp" | "local-time" | "json";

/** A column and the field of the JSON row that fills it. */
export interface Column {
  readonly name: string;
  readonly field: string;
  readonly type: ColumnType;
  /** For who reads the table, as the contract says it. */
  readonly description?: string;
}

/** The tables of data messages, one per kind. */
export const DATA_TABLES = ["counts", "events", "health"] as const;
export type DataTable = (typeof DATA_TABLES)[number];

const COMMON: readonly Column[] = [
  { name: "tenant", field: "tenant", type: "text", description: "the retail client" },
  { name: "store", field: "store", type: "text", description: "the shop" },
  {
    name: "event_id",
    field: "eventId",
    type: "text",
    description: "name of the message; the same one is the same message",
  },
  { name: "date", field: "date", type: "date", description: "UTC date of ts: the partition" },
  { name: "received_at", field: "receivedAt", type: "timestamp", description: "when the broker received it" },
];

/** Columns of each data table; they come from the contract, so a new field is a new column. */
export const DATA_COLUMNS: Readonly<Record<DataTable, readonly Column[]>> = {
  counts: [...COMMON, ...columnsOf(CountsMessage.properties)],
  events: [...COMMON, ...columnsOf({ ...Crossing.properties, ...Visit.properties })],
  health: [...COMMON, ...columnsOf(HealthMessage.properties)],
};

export const QUARANTINE_COLUMNS: readonly Column[] = [
  { name: "message_id", field: "messageId", type: "text" },
  { name: "date", field: "date", type: "date" },
  { name: "received_at", field: "receivedAt", type: "timestamp" },
  { name: "topic", field: "topic", type: "text" },
  { name: "reason", field: "reason", type: "text" },
  { name: "payload", field: "payload", type: "text" },
  { name: "payload_base64", field: "payloadBase64", type: "text" },
];

/** `passersBy` -> `passers_by`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The columns of a message's fields; `kind` is left out because the table says it. */
export function columnsOf(properties: Readonly<Record<string, Type.TSchema>>): readonly Column[] {
  return Object.entries(properties)
    .filter(([field]) => field !== "kind")
    .map(([field, schema]) => {
      const description = descriptionOf(schema);
      return { name: snakeCase(field), field, type: typeOf(schema), ...(description && { description }) };
    });
}

function descriptionOf(schema: Type.TSchema): string {
  return "description" in schema && typeof schema.description === "string" ? schema.description : "";
}

function typeOf(schema: Type.TSchema): ColumnType {
  if (Type.IsUnion(schema)) return typeOf(schema.anyOf.find((member) => !Type.IsNull(member)) ?? Type.String());
  if (Type.IsEnum(schema)) return "text";
  if (Type.IsLiteral(schema)) return typeof schema.const === "string" ? "text" : "integer";
  if (Type.IsInteger(schema)) return "integer";
  if (Type.IsNumber(schema)) return "number";
  if (Type.IsBoolean(schema)) return "boolean";
  if (Type.IsString(schema)) return "format" in schema && schema.format === "date-time" ? "timestamp" : "text";
  return "json";
}
