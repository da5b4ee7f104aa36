import type { Table } from "../../bigquery/table.ts";
import type { Query, TableName } from "../parse/ast.ts";
import { isQuery } from "../parse/dml-parser.ts";
import type { Assignment, Delete, Dml, Insert, Update } from "../parse/statements.ts";
import { beyondSubset, invalidQuery, type Place } from "../sql-error.ts";
import { typeOfField } from "../types.ts";
import { assigned } from "./coerce.ts";
import { constantOf } from "./constants.ts";
import { Expressions } from "./expressions.ts";
import { push, type Scan } from "./filter.ts";
import { source, tableRange } from "./from-clause.ts";
import { type Range, Scope } from "./scope.ts";
import type { StatementResolver } from "./statement-resolver.ts";
import type { Typed } from "./typed.ts";

/** One query whose rows say what is done to the target's. */
export interface Step {
  /** With the column of numbers where rows go, with all the target's columns in their order where rows come. */
  readonly kind: "delete" | "update" | "insert";
  readonly sql: string;
}

export interface TableChange {
  readonly table: Table;
  readonly steps: readonly Step[];
  /** The look at the target, whose columns are all read where rows of it change. */
  readonly target: Scan | undefined;
}

const NOTHING = new Scope([]);

/** Translates INSERT, UPDATE and DELETE. */
export function changeOf(statement: StatementResolver, dml: Exclude<Dml, { readonly kind: "merge" }>): TableChange {
  const table = targetOf(statement, dml.target);
  if (dml.kind === "insert") return { table, steps: [inserted(statement, table, dml)], target: undefined };
  const target = new Target(statement, table, dml.target);
  const step = dml.kind === "delete" ? deleted(target, dml) : updated(target, dml);
  return { table, steps: [step], target: target.scan };
}

/** The table that a statement changes; throws for a view. */
export function targetOf(statement: StatementResolver, { parts, at }: TableName): Table {
  const table = statement.catalog.table(parts, at);
  if (table.settings.view) throw invalidQuery(`Cannot modify view ${parts.join(".")}`, at);
  return table;
}

/** The table whose rows change, as the statement sees it. */
export class Target {
  readonly statement: StatementResolver;
  readonly table: Table;
  readonly scan: Scan;
  readonly range: Range;
  /** Behind FROM or JOIN. */
  readonly sql: string;
  /** The column of numbers. */
  readonly id: string;

  constructor(statement: StatementResolver, table: Table, { parts, alias }: TableName) {
    const name = statement.rangeName();
    const { scan, duckName } = statement.scan(table);
    this.statement = statement;
    this.table = table;
    this.scan = scan;
    this.range = tableRange(scan, name, alias ?? parts.at(-1));
    this.sql = `${duckName} AS ${name}`;
    this.id = `${name}.__row`;
  }

  /** The list of an UPDATE: the number, then all columns, those that are set anew. */
  updated(set: readonly Assignment[], inner: Expressions): string {
    const values = new Map(set.map((one) => [this.columnNamed(one.column, one.at), one]));
    if (values.size < set.length) throw invalidQuery("Update item assigned more than once", set[0]?.at);
    const list = this.table.fields.map(({ name }, index) => {
      const one = values.get(name);
      const sql = one
        ? valueFor(this.table, name, { expression: one.value, inner }).sql
        : (this.range.columns[index]?.sql ?? "NULL");
      return `${sql} AS c${index}`;
    });
    return [`${this.id} AS id`, ...list].join(", ");
  }

  columnNamed(name: string, at: Place): string {
    return fieldNamed(this.table, name, at).name;
  }
}

/** The list of an INSERT: all columns, NULL where nothing is given. */
export function insertedList(table: Table, names: readonly string[], values: readonly Typed[]): string {
  const list = table.fields.map((field, index) => {
    const value = values[names.indexOf(field.name)];
    const type = typeOfField(field);
    if (!type) throw beyondSubset(`columns of type ${field.type}`);
    return `${value ? assigned(value, type, field.name).sql : constantOf(type, null, START).sql} AS c${index}`;
  });
  return list.join(", ");
}

/** The columns that an INSERT names, all if it names none. */
export function insertedNames(table: Table, columns: readonly string[] | undefined, at: Place): readonly string[] {
  const names = columns?.map((name) => fieldNamed(table, name, at).name) ?? table.fields.map(({ name }) => name);
  if (new Set(names).size < names.length) throw invalidQuery("Duplicate column name in INSERT list", at);
  return names;
}

/** What is given for a column; DEFAULT is NULL, since no column here has another. */
export function valueFor(
  table: Table,
  name: string,
  { expression, inner }: { readonly expression: Assignment["value"]; readonly inner: Expressions },
): Typed {
  const type = typeOfField(fieldNamed(table, name, expression.at));
  if (!type) throw beyondSubset(`column ${name}`, expression.at);
  if (expression.kind === "default") return constantOf(type, null, expression.at);
  return assigned(inner.one(expression), type, name);
}

const START: Place = { line: 1, column: 1 };

function deleted(target: Target, { where }: Delete): Step {
  const condition = new Expressions(target.statement, new Scope([target.range])).condition(where, "WHERE clause");
  if (condition.filter) push(condition.filter);
  return { kind: "delete", sql: `SELECT ${target.id} AS id FROM ${target.sql} WHERE ${condition.sql}` };
}

function updated(target: Target, { set, from, where }: Update): Step {
  const more = from && source(target.statement, from, NOTHING, [target.range]);
  const scope = new Scope([target.range, ...(more?.ranges ?? [])], { hidden: more?.hidden ?? new Set() });
  const inner = new Expressions(target.statement, scope);
  const condition = inner.condition(where, "WHERE clause");
  if (condition.filter) push(condition.filter);
  const tables = [target.sql, ...(more ? [more.sql] : [])].join(", ");
  return { kind: "update", sql: `SELECT ${target.updated(set, inner)} FROM ${tables} WHERE ${condition.sql}` };
}

function inserted(statement: StatementResolver, table: Table, { columns, rows, at }: Insert): Step {
  const names = insertedNames(table, columns, at);
  if (isQuery(rows)) return { kind: "insert", sql: insertedQuery(statement, { table, names, query: rows }) };
  const inner = new Expressions(statement, NOTHING);
  const lists = rows.map((row) => {
    if (row.length !== names.length) throw invalidQuery("Inserted row has wrong column count", at);
    const values = row.map((expression, index) => valueFor(table, names[index] ?? "", { expression, inner }));
    return `SELECT ${insertedList(table, names, values)}`;
  });
  return { kind: "insert", sql: lists.join(" UNION ALL ") };
}

function insertedQuery(
  statement: StatementResolver,
  { table, names, query }: { readonly table: Table; readonly names: readonly string[]; readonly query: Query },
): string {
  const { sql, columns } = statement.query(query, NOTHING);
  if (columns.length !== names.length) {
    throw invalidQuery(
      `Inserted row has wrong column count; Has ${columns.length}, expected ${names.length}`,
      query.at,
    );
  }
  for (const column of columns) column.use();
  const values = columns.map((column) => ({ sql: column.sql, type: column.type, at: column.at }));
  return `SELECT ${insertedList(table, names, values)} FROM (${sql})`;
}

function fieldNamed(table: Table, name: string, at: Place): Table["fields"][number] {
  const field = table.fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!field) throw invalidQuery(`Column ${name} is not present in table ${table.reference.tableId}`, at);
  return field;
}
