import protobuf, { type Field as ProtoField, type Type } from "protobufjs";
import "protobufjs/ext/descriptor.js";
import type { Field } from "../bigquery/schema.ts";
import { ValueError } from "../bigquery/values.ts";

type Plain = Readonly<Record<string, unknown>>;

/** Proto types that a column takes, from Google's table of supported data types; a type that is not here takes a string. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ["bool", "int32", "int64", "uint32", "uint64"],
  BYTES: ["bytes", "string"],
  DATE: ["int32", "int64", "string"],
  DATETIME: ["string"],
  FLOAT: ["double", "float"],
  INTEGER: ["int64", "int32", "uint32", "sint64", "sint32", "sfixed64", "sfixed32"],
  TIMESTAMP: ["int64", "int32", "uint32", "string"],
};
const PLAIN = { longs: BigInt, bytes: Buffer, enums: String, defaults: false, arrays: false };

/** google.protobuf.DescriptorProto, as far as the fake looks at it: plain messages, no oneofs, no enums. */
export interface Descriptor {
  readonly name: string;
  readonly field: readonly FieldDescriptor[];
  readonly nestedType: readonly Descriptor[];
}

interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}

/** The descriptor with no field required: one that is missing is its row's error, not the decoder's. */
export function relaxed({ name, field, nestedType }: Descriptor): Descriptor {
  return { name, field: field.map(relaxedField), nestedType: nestedType.map(relaxed) };
}

function relaxedField({ name, number, label, type, typeName }: FieldDescriptor): FieldDescriptor {
  return { name, number, label: label === "LABEL_REQUIRED" ? "LABEL_OPTIONAL" : label, type, typeName };
}

/** Reads serialized rows by the writer's own schema. */
export class RowDecoder {
  readonly #type: Type;

  /** `descriptor` is a serialized google.protobuf.DescriptorProto. */
  constructor(descriptor: Uint8Array) {
    this.#type = protobuf.Type.fromDescriptor(descriptor, "proto2");
    new protobuf.Root().add(this.#type);
    this.#type.root.resolveAll();
  }

  /** Names of the writer's fields that the table has not, nested ones with their path. */
  extraFields(fields: readonly Field[]): readonly string[] {
    return extraFields(this.#type, fields, "");
  }

  /** Names of fields whose proto type their column does not take. */
  wrongFields(fields: readonly Field[]): readonly string[] {
    return wrongFields(this.#type, fields, "");
  }

  /** The row's fields that are set, integers as bigint; throws ValueError for bytes that are no such row. */
  decode(bytes: Uint8Array, fields: readonly Field[]): Plain {
    try {
      return shaped(this.#type.toObject(this.#type.decode(bytes), PLAIN), fields);
    } catch (error) {
      throw new ValueError(`row cannot be parsed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function extraFields(type: Type, fields: readonly Field[], path: string): readonly string[] {
  return type.fieldsArray.flatMap((field) => {
    const column = columnOf(fields, field.name);
    if (!column) return [`${path}${field.name}`];
    const nested = field.resolvedType;
    return nested instanceof protobuf.Type ? extraFields(nested, column.fields ?? [], `${path}${field.name}.`) : [];
  });
}

function wrongFields(type: Type, fields: readonly Field[], path: string): readonly string[] {
  return type.fieldsArray.flatMap((field) => {
    const column = columnOf(fields, field.name);
    if (!column) return [];
    const nested = field.resolvedType;
    if (nested instanceof protobuf.Type && column.type === "RECORD") {
      return wrongFields(nested, column.fields ?? [], `${path}${field.name}.`);
    }
    return isTaken(field, column) ? [] : [`${path}${field.name}`];
  });
}

function isTaken(field: ProtoField, column: Field): boolean {
  if (column.type === "RECORD" || field.repeated !== (column.mode === "REPEATED")) return false;
  return (TAKES[column.type] ?? ["string"]).includes(field.type);
}

/** DATE wants days as a number; all else is read from what protobuf gave. */
function shaped(row: Plain, fields: readonly Field[]): Plain {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const column = columnOf(fields, name);
      return [name, Array.isArray(value) ? value.map((one) => shapedValue(one, column)) : shapedValue(value, column)];
    }),
  );
}

function shapedValue(value: unknown, column: Field | undefined): unknown {
  if (column?.type === "RECORD" && typeof value === "object" && value) {
    return shaped(Object.fromEntries(Object.entries(value)), column.fields ?? []);
  }
  if (column?.type === "DATE" && typeof value === "bigint") return Number(value);
  if (column?.type === "TIMESTAMP" && typeof value === "number") return BigInt(value);
  return value;
}

function columnOf(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
}
