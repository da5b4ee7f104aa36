import { type Field, modeOf, normalizedFields } from "../bigquery/schema.ts";

/** Columns by the table's name, with its dataset before it and the project too where statements name it. */
export type Tables = Readonly<Record<string, readonly Field[]>>;

interface Table {
  readonly name: string;
  readonly column: readonly { readonly name: string; readonly type: object }[];
}

export interface Catalog {
  readonly name: string;
  readonly table: Table[];
  readonly catalog: Catalog[];
}

/** Numbers of the service's TypeKind. */
const KINDS: Readonly<Record<string, number>> = {
  ...{ INTEGER: 2, BOOLEAN: 5, FLOAT: 7, STRING: 8, BYTES: 9, DATE: 10, TIMESTAMP: 19, TIME: 20, DATETIME: 21 },
  ...{ GEOGRAPHY: 22, NUMERIC: 23, BIGNUMERIC: 24, JSON: 26, INTERVAL: 27 },
};
const [ARRAY, STRUCT] = [16, 17];

/** The tables as the service finds them: `project.dataset.table` in one pair of backticks or three, and without the project. */
export function catalogOf(tables: Tables): Catalog {
  const root: Catalog = { name: "root", table: [], catalog: [] };
  for (const [path, fields] of Object.entries(tables)) {
    const names = path.split(".");
    const column = normalizedFields(fields).map((field) => ({ name: field.name, type: typeOf(field) }));
    for (let from = 0; from < names.length - 1; from += 1) add(root, names.slice(from), column);
  }
  return root;
}

function add(root: Catalog, names: readonly string[], column: Table["column"]): void {
  const folder = names.slice(0, -1).reduce((parent, name) => childOf(parent, name), root);
  folder.table.push({ name: names.at(-1) ?? "", column });
  root.table.push({ name: names.join("."), column });
}

function childOf(parent: Catalog, name: string): Catalog {
  const known = parent.catalog.find((child) => child.name === name);
  if (known) return known;
  const child: Catalog = { name, table: [], catalog: [] };
  parent.catalog.push(child);
  return child;
}

function typeOf(field: Field): object {
  if (modeOf(field) === "REPEATED") return { typeKind: ARRAY, arrayType: { elementType: singleTypeOf(field) } };
  return singleTypeOf(field);
}

function singleTypeOf({ name, type, fields = [] }: Field): object {
  if (type === "RECORD") {
    return {
      typeKind: STRUCT,
      structType: { field: fields.map((one) => ({ fieldName: one.name, fieldType: typeOf(one) })) },
    };
  }
  const typeKind = KINDS[type];
  if (typeKind === undefined)
    throw new Error(`The column ${name} has a type that the analyzer is not told of: ${type}`);
  return { typeKind };
}
