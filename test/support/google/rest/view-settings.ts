import { invalid } from "../bigquery/api-error.ts";
import type { Field } from "../bigquery/schema.ts";
import type { TableSettings } from "../bigquery/table-settings.ts";
import type { TableStore } from "../bigquery/table-store.ts";
import { viewFields } from "../sql/run/plan.ts";

/** The settings of a view with the columns of its query, which is refused if it cannot be run; those of a table as they are. */
export function viewSettings(store: TableStore, projectId: string, settings: TableSettings): TableSettings {
  const { view, schema } = settings;
  if (!view) return settings;
  if (view.useLegacySql !== false) throw invalid("a view in legacy SQL, which is the API's default");
  const fields = viewFields(store, projectId, view.query).map((field) => described(field, schema?.fields ?? []));
  return { ...settings, schema: { fields } };
}

/** With the description that the owner gave to the column. */
function described(field: Field, given: readonly Field[]): Field {
  const description = given.find(({ name }) => name === field.name)?.description;
  return description === undefined ? field : { ...field, description };
}
