import type { Table } from "../../bigquery/table.ts";
import type { Query, TableName, Union } from "../parse/ast.ts";
import { QueryParser } from "../parse/query-parser.ts";
import { TokenReader } from "../parse/token-reader.ts";
import { invalidQuery, type Place } from "../sql-error.ts";
import type { Catalog } from "./catalog.ts";
import { coerced, commonType } from "./coerce.ts";
import type { Relation, RelationColumn } from "./context.ts";
import { direction } from "./expressions.ts";
import type { Scan } from "./filter.ts";
import type { Named, Sources } from "./from-clause.ts";
import { isInformationSchema, partitionRows } from "./information-schema.ts";
import type { Params } from "./params.ts";
import { Scope } from "./scope.ts";
import { limitOf, SelectResolver } from "./select.ts";
import type { Typed } from "./typed.ts";

/** How deep views may stand on views. */
const DEEPEST = 16;

export interface ResolverOptions {
  readonly catalog: Catalog;
  readonly params: Params;
  readonly nowMicros: bigint;
  /** The name under which DuckDB has the table's rows. */
  readonly duckName: (table: Table) => string;
}

/** Translates one statement's queries, and notes what they read. */
export class StatementResolver implements Sources {
  readonly scans: Scan[] = [];
  readonly #options: ResolverOptions;
  /** The catalogs of the views that are being read, the statement's own first. */
  readonly #catalogs: Catalog[];
  #ranges = 0;

  constructor(options: ResolverOptions) {
    this.#options = options;
    this.#catalogs = [options.catalog];
  }

  get catalog(): Catalog {
    return this.#options.catalog;
  }

  get nowMicros(): bigint {
    return this.#options.nowMicros;
  }

  param(name: string, at: Place): Typed {
    return this.#options.params.typed(name, at);
  }

  rangeName(): string {
    this.#ranges += 1;
    return `r${this.#ranges}`;
  }

  /** A new look at the table, which is noted. */
  scan(table: Table): { readonly scan: Scan; readonly duckName: string } {
    const scan: Scan = { table, columns: new Set(), filters: [] };
    this.scans.push(scan);
    return { scan, duckName: this.#options.duckName(table) };
  }

  /** Of a table that need not be read after all. */
  forget(scan: Scan): void {
    this.scans.splice(this.scans.indexOf(scan), 1);
  }

  named(name: TableName, scope: Scope): Named {
    const [first = ""] = name.parts;
    const cte = name.parts.length === 1 ? scope.cte(first) : undefined;
    if (cte) return { kind: "query", relation: this.query(cte.query, cte.scope) };
    const catalog = this.#catalogs.at(-1) ?? this.#options.catalog;
    if (isInformationSchema(name.parts)) return { kind: "partitions", sql: partitionRows(catalog, name) };
    const table = catalog.table(name.parts, name.at);
    const { view } = table.settings;
    return view ? { kind: "query", relation: this.#view(table, view.query) } : { kind: "table", ...this.scan(table) };
  }

  query(query: Query, outer: Scope): Relation {
    let scope = outer;
    for (const { name, query: named } of query.with) {
      scope = new Scope([], { parent: scope, ctes: new Map([[name.toLowerCase(), { query: named, scope }]]) });
    }
    const limit = limitOf(query, this);
    const { body, orderBy } = query;
    if (body.kind === "select") return new SelectResolver(this, body, scope).relation({ orderBy, limit });
    const relation = body.kind === "union" ? this.#union(body, scope) : this.query(body, scope);
    return this.#ended(query, relation, limit);
  }

  #view({ reference }: Table, sql: string): Relation {
    if (this.#catalogs.length > DEEPEST) throw invalidQuery(`Too many nested views, allowed ${DEEPEST}`);
    this.#catalogs.push(this.#options.catalog.ofView(reference.projectId));
    try {
      return this.query(new QueryParser(new TokenReader(sql)).query(), new Scope([]));
    } finally {
      this.#catalogs.pop();
    }
  }

  #union({ parts, isDistinct, at }: Union, scope: Scope): Relation {
    const all = parts.map((part) => this.#part(part, scope));
    const [first] = all;
    if (!first || all.some(({ columns }) => columns.length !== first.columns.length)) {
      throw invalidQuery("Queries in UNION ALL have mismatched column count", at);
    }
    const columns = first.columns.map((_, index) => unionColumn(all.flatMap(({ columns: own }) => own[index] ?? [])));
    if (isDistinct) for (const column of columns) column.use();
    const sqls = all.map((one) => `(SELECT ${listOf(one, columns)} FROM (${one.sql}))`);
    return { sql: sqls.join(isDistinct ? " UNION " : " UNION ALL "), columns, isStruct: false };
  }

  #part(part: Union["parts"][number], scope: Scope): Relation {
    if (part.kind === "query") return this.query(part, scope);
    return new SelectResolver(this, part, scope).relation({ orderBy: [], limit: "" });
  }

  /** Order and limit of a query that is no plain SELECT; only its own columns can be ordered by. */
  #ended({ orderBy }: Query, relation: Relation, limit: string): Relation {
    if (orderBy.length === 0 && limit === "") return relation;
    const keys = orderBy.map((one) => `${this.#outputKey(relation, one.by)} ${direction(one)}`);
    const order = keys.length > 0 ? ` ORDER BY ${keys.join(", ")}` : "";
    const columns = limit === "" ? relation.columns : relation.columns.map((column) => ({ ...column, origins: [] }));
    return { ...relation, sql: `SELECT * FROM (${relation.sql})${order} ${limit}`, columns };
  }

  #outputKey({ columns }: Relation, by: Query["orderBy"][number]["by"]): string {
    const name = by.kind === "path" && by.parts.length === 1 ? by.parts[0]?.toLowerCase() : undefined;
    const column =
      by.kind === "literal" && by.type === "INT64"
        ? columns[Number(by.value) - 1]
        : columns.find((one) => one.name?.toLowerCase() === name);
    if (!column) throw invalidQuery("ORDER BY behind UNION takes names and numbers of columns", by.at);
    column.use();
    return column.sql;
  }
}

/** The column of a union: a condition on it holds in all its parts. */
function unionColumn(parts: readonly RelationColumn[]): RelationColumn {
  const [first] = parts;
  const type = commonType(parts);
  if (!first || !type) throw invalidQuery(`Column ${first?.name ?? ""} in UNION has incompatible types`, first?.at);
  const use = () => {
    for (const part of parts) part.use();
  };
  return { ...first, type, use, origins: parts.flatMap(({ origins }) => origins) };
}

function listOf(relation: Relation, columns: readonly RelationColumn[]): string {
  const list = relation.columns.map((column, index) => {
    const type = columns[index]?.type ?? column.type;
    return `${(coerced(column, type) ?? column).sql} AS c${index}`;
  });
  return list.join(", ");
}
