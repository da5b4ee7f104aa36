import type { Field } from "../../bigquery/schema.ts";
import type { TableSettings } from "../../bigquery/table-settings.ts";
import type { AlterAction } from "../parse/statements.ts";
import { invalidQuery } from "../sql-error.ts";
import { columnOf, tableOptions, withDescription } from "./ddl-settings.ts";

/** The settings after one action of ALTER TABLE. */
export function altered(settings: TableSettings, action: AlterAction): TableSettings {
  switch (action.kind) {
    case "setOptions":
      return tableOptions(settings, action.options);
    case "addColumn":
      return added(settings, action);
    case "columnOptions":
      return changed(settings, action, (field) => withDescription(field, action.options));
    case "dropNotNull":
      return changed(settings, action, (field) => ({ ...field, mode: "NULLABLE" }));
  }
}

function added(settings: TableSettings, action: Extract<AlterAction, { readonly kind: "addColumn" }>): TableSettings {
  const column = columnOf(action.column);
  const fields = settings.schema?.fields ?? [];
  if (fields.some(({ name }) => name.toLowerCase() === column.name.toLowerCase())) {
    if (action.isIfNotExists) return settings;
    throw invalidQuery(`Column already exists: ${column.name}`, action.at);
  }
  return { ...settings, schema: { ...settings.schema, fields: [...fields, column] } };
}

function changed(
  settings: TableSettings,
  { column, at }: { readonly column: string; readonly at: AlterAction["at"] },
  change: (field: Field) => Field,
): TableSettings {
  const fields = settings.schema?.fields ?? [];
  const isMeant = ({ name }: Field) => name.toLowerCase() === column.toLowerCase();
  if (!fields.some(isMeant)) throw invalidQuery(`Column not found: ${column}`, at);
  return { ...settings, schema: { fields: fields.map((field) => (isMeant(field) ? change(field) : field)) } };
}
