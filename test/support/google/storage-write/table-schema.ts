import { type Field, modeOf } from "../bigquery/schema.ts";

/** google.cloud.bigquery.storage.v1.TableFieldSchema. */
export interface StorageField {
  readonly name: string;
  readonly type: string;
  readonly mode: string;
  readonly fields: readonly StorageField[];
}

const NEW_NAMES: Readonly<Record<string, string>> = {
  INTEGER: "INT64",
  FLOAT: "DOUBLE",
  BOOLEAN: "BOOL",
  RECORD: "STRUCT",
};

/** The columns as the Storage Write API writes them. */
export function tableSchema(fields: readonly Field[]): { readonly fields: readonly StorageField[] } {
  return { fields: fields.map(storageField) };
}

function storageField(field: Field): StorageField {
  const { name, type, fields = [] } = field;
  return { name, type: NEW_NAMES[type] ?? type, mode: modeOf(field), fields: fields.map(storageField) };
}
