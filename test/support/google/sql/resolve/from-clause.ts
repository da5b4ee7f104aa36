import type { Table } from "../../bigquery/table.ts";
import type { From, Join, TableName } from "../parse/ast.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";
import { quoted, typeOfField } from "../types.ts";
import { compared } from "./comparisons.ts";
import type { Relation, Statement } from "./context.ts";
import { Expressions, spread } from "./expressions.ts";
import { push, type Scan } from "./filter.ts";
import { PARTITION_COLUMNS } from "./information-schema.ts";
import { type Range, Scope } from "./scope.ts";
import type { Column, Typed } from "./typed.ts";

/** What stands behind FROM, translated, and what names mean there. */
export interface Source {
  readonly sql: string;
  readonly ranges: readonly Range[];
  readonly hidden: ReadonlySet<Column>;
}

/** What a table's name stands for. */
export type Named =
  | { readonly kind: "table"; readonly scan: Scan; readonly duckName: string }
  | { readonly kind: "query"; readonly relation: Relation }
  | { readonly kind: "partitions"; readonly sql: string };

/** A statement, as its FROM clauses need it. */
export interface Sources extends Statement {
  readonly scans: readonly Scan[];
  named(name: TableName, scope: Scope): Named;
}

/** Translates a FROM clause; `outer` is what the query around sees. */
export function source(statement: Sources, from: From, outer: Scope, left: readonly Range[] = []): Source {
  switch (from.kind) {
    case "table":
      return tableSource(statement, from, outer);
    case "derived":
      return relationSource(statement, statement.query(from.query, outer), from.alias);
    case "unnest":
      return unnested(statement, from, new Scope(left, { parent: outer }));
    case "join":
      return joined(statement, from, outer);
  }
}

/** A table's columns under the name of its range. */
export function tableRange(scan: Scan, range: string, alias: string | undefined): Range {
  return { alias, columns: scan.table.fields.map((field) => tableColumn(scan, range, field)) };
}

function tableColumn(scan: Scan, range: string, field: Table["fields"][number]): Column {
  const type = typeOfField(field);
  const use = () => {
    if (!type) throw beyondSubset(`columns of type ${field.type}`);
    scan.columns.add(field.name);
  };
  const sql = `${range}.${quoted(field.name)}`;
  return { name: field.name, sql, type: type ?? { name: "NULL" }, origins: [{ scan, column: field.name }], use };
}

function tableSource(statement: Sources, from: TableName, outer: Scope): Source {
  const found = statement.named(from, outer);
  const alias = from.alias ?? from.parts.at(-1);
  if (found.kind === "query") return relationSource(statement, found.relation, alias);
  const range = statement.rangeName();
  if (found.kind === "table") {
    return { sql: `${found.duckName} AS ${range}`, ranges: [tableRange(found.scan, range, alias)], hidden: new Set() };
  }
  const names = PARTITION_COLUMNS.map(({ name }) => quoted(name)).join(", ");
  const columns = PARTITION_COLUMNS.map(({ name, type }) => plainColumn(name, type, `${range}.${quoted(name)}`));
  return { sql: `(${found.sql}) AS ${range}(${names})`, ranges: [{ alias, columns }], hidden: new Set() };
}

function relationSource(statement: Sources, relation: Relation, alias: string | undefined): Source {
  if (relation.isStruct) throw beyondSubset("SELECT AS STRUCT behind FROM");
  const range = statement.rangeName();
  const columns = relation.columns.map((column) => ({ ...column, sql: `${range}.${column.sql}` }));
  return { sql: `(${relation.sql}) AS ${range}`, ranges: [{ alias, columns }], hidden: new Set() };
}

function unnested(statement: Sources, from: Extract<From, { readonly kind: "unnest" }>, scope: Scope): Source {
  const array = new Expressions(statement, scope).one(from.array);
  if (array.type.name !== "ARRAY") throw invalidQuery("Values referenced in UNNEST must be arrays", from.at);
  const range = statement.rangeName();
  const element: Typed = { sql: `${range}.v`, type: array.type.of, at: from.at };
  const fields = spread(element).map(({ name, type, sql }) => plainColumn(name, type, sql));
  const offsets = from.offset === undefined ? [] : [plainColumn(from.offset, { name: "INT64" }, `${range}.o`)];
  const offset = from.offset === undefined ? "" : `, unnest(range(CAST(len(${array.sql}) AS BIGINT))) AS o`;
  const value = plainColumn(from.alias, array.type.of, element.sql);
  const elements: Range = { alias: from.alias, columns: fields, value };
  const ranges = offsets.length > 0 ? [elements, { alias: undefined, columns: offsets }] : [elements];
  return { sql: `(SELECT unnest(${array.sql}) AS v${offset}) AS ${range}`, ranges, hidden: new Set() };
}

function joined(statement: Sources, join: Join, outer: Scope): Source {
  const around = new Set(statement.scans);
  const left = source(statement, join.left, outer);
  const before = new Set(statement.scans);
  const right = source(statement, join.right, outer, left.ranges);
  const ranges = [...left.ranges, ...right.ranges];
  checkAliases(ranges, join.at);
  const shared = (join.using ?? []).map((name) => sharedColumn(join, name, left, right));
  const hidden = new Set([...left.hidden, ...right.hidden, ...shared.map(({ right: column }) => column)]);
  const side = join.right.kind === "join" ? `(${right.sql})` : right.sql;
  if (join.type === "CROSS") return { sql: `${left.sql} CROSS JOIN ${side}`, ranges, hidden };
  const conditions = shared.map(({ condition }) => condition);
  if (join.on) {
    const scope = new Scope(ranges, { parent: outer, hidden });
    const condition = new Expressions(statement, scope).condition(join.on, "JOIN ON clause");
    if (condition.filter) push(condition.filter, (scan) => !around.has(scan) && isHeldBy(join.type, before.has(scan)));
    conditions.push(condition);
  }
  const on = conditions.map(({ sql }) => sql).join(" AND ") || "TRUE";
  return { sql: `${left.sql} ${join.type} JOIN ${side} ON ${on}`, ranges, hidden };
}

function checkAliases(ranges: readonly Range[], at: Join["at"]): void {
  const names = ranges.flatMap(({ alias }) => alias?.toLowerCase() ?? []);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalidQuery(`Duplicate table alias ${twice} in the same FROM clause`, at);
}

/** A side whose rows are all kept is not bounded by ON. */
function isHeldBy(type: Join["type"], isLeft: boolean): boolean {
  return type === "INNER" || (type === "LEFT" && !isLeft) || (type === "RIGHT" && isLeft);
}

function sharedColumn({ type, at }: Join, name: string, left: Source, right: Source) {
  if (type !== "INNER" && type !== "LEFT") throw beyondSubset(`${type} JOIN with USING`, at);
  const [one, other] = [left, right].map(({ ranges, hidden }) => new Scope(ranges, { hidden }).own(name, at));
  if (!one || !other) throw invalidQuery(`Column ${name} in USING clause not found on both sides of join`, at);
  const typed = (column: Column): Typed => ({ sql: column.sql, type: column.type, at, column });
  one.use();
  other.use();
  return { right: other, condition: compared("=", [typed(one), typed(other)], at) };
}

function plainColumn(name: string | undefined, type: Column["type"], sql: string): Column {
  return { name, type, sql, origins: [], use: () => {} };
}
