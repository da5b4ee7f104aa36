import type { Expression, Ordering, Query, Select, SelectItem } from "../parse/ast.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";
import type { Relation, RelationColumn } from "./context.ts";
import { direction, Expressions, spread } from "./expressions.ts";
import { push, type Scan } from "./filter.ts";
import { type Source, type Sources, source } from "./from-clause.ts";
import { elementsOf, Scope } from "./scope.ts";
import type { Column, Typed } from "./typed.ts";

/** What stands behind the last SELECT of a query. */
export interface Ending {
  readonly orderBy: readonly Ordering[];
  /** In DuckDB's words, with OFFSET; empty without. */
  readonly limit: string;
}

interface Item {
  readonly name: string | undefined;
  readonly value: Typed;
  /** Columns that are read if the item is. */
  readonly reads: readonly Column[];
}

/** Translates one SELECT. */
export class SelectResolver {
  readonly #statement: Sources;
  readonly #select: Select;
  /** Looks at tables that queries around take: a condition here rules out none of their rows. */
  readonly #outer: ReadonlySet<Scan>;
  readonly #from: Source;
  readonly #scope: Scope;
  readonly #windows: (readonly Column[])[] = [];
  readonly #items: readonly Item[];

  constructor(statement: Sources, select: Select, outer: Scope) {
    this.#statement = statement;
    this.#select = select;
    const { from, where } = select;
    this.#outer = new Set(statement.scans);
    this.#from = from ? source(statement, from, outer) : { sql: "", ranges: [], hidden: new Set() };
    this.#scope = new Scope(this.#from.ranges, { parent: outer, hidden: this.#from.hidden });
    if (where && !from) throw invalidQuery("Query without FROM clause cannot have a WHERE clause", where.at);
    this.#items = select.items.flatMap((item) => this.#itemsOf(item));
  }

  relation(ending: Ending): Relation {
    const { isDistinct, isStruct } = this.#select;
    const where = this.#where();
    const groups = this.#groups();
    const more = [this.#condition("having"), this.#condition("qualify")];
    if (this.#select.qualify && this.#windows.length === 0) {
      throw invalidQuery(
        "The QUALIFY clause requires analytic function to be present in the QUALIFY clause or the SELECT list",
        this.#select.qualify.at,
      );
    }
    const order = this.#order(ending.orderBy);
    const list = this.#items.map(({ value }, index) => `${value.sql} AS c${index}`).join(", ");
    if (isDistinct) for (const item of this.#items) read(item);
    const clauses = [
      `SELECT ${isDistinct ? "DISTINCT " : ""}${list}`,
      this.#from.sql && `FROM ${this.#from.sql}`,
      where,
      groups.sql,
      ...more,
      order,
      ending.limit,
    ];
    return { sql: clauses.filter(Boolean).join(" "), columns: this.#columns(groups.columns, ending), isStruct };
  }

  #where(): string {
    const { where } = this.#select;
    if (!where) return "";
    const condition = new Expressions(this.#statement, this.#scope).condition(where, "WHERE clause");
    if (condition.filter) push(condition.filter, (scan) => !this.#outer.has(scan));
    return `WHERE ${condition.sql}`;
  }

  #groups(): { readonly sql: string; readonly columns: readonly Column[] | undefined } {
    const { groupBy } = this.#select;
    if (groupBy.length === 0) return { sql: "", columns: undefined };
    const keys = groupBy.map((one) => this.#ordinal(one) ?? this.#inner().key(one, "Grouping"));
    return {
      sql: `GROUP BY ${keys.map(({ sql }) => sql).join(", ")}`,
      columns: keys.flatMap(({ column }) => column ?? []),
    };
  }

  #condition(clause: "having" | "qualify"): string {
    const condition = this.#select[clause];
    if (!condition) return "";
    const word = clause.toUpperCase();
    return `${word} ${this.#inner().condition(condition, `${word} clause`).sql}`;
  }

  #order(orderBy: readonly Ordering[]): string {
    if (orderBy.length === 0) return "";
    const keys = orderBy.map((one) => `${this.#orderKey(one.by)} ${direction(one)}`);
    return `ORDER BY ${keys.join(", ")}`;
  }

  /** An alias goes before a column here. */
  #orderKey(by: Expression): string {
    const name = by.kind === "path" && by.parts.length === 1 ? by.parts[0]?.toLowerCase() : undefined;
    const found = this.#items.filter((item) => name !== undefined && item.name?.toLowerCase() === name);
    const [item] = found;
    if (found.length > 1 && new Set(found.map(({ value }) => value.sql)).size > 1)
      throw invalidQuery(`Column name ${name} is ambiguous`, by.at);
    if (item) {
      read(item);
      return String(this.#items.indexOf(item) + 1);
    }
    const key = this.#ordinal(by) ?? this.#inner().key(by, "Ordering");
    if (this.#select.isDistinct && !this.#items.some(({ value }) => value.sql === key.sql)) {
      throw invalidQuery("ORDER BY clause expression is not visible after SELECT DISTINCT", by.at);
    }
    return key.sql;
  }

  /** The item that a number behind GROUP BY or ORDER BY means. */
  #ordinal(by: Expression): Typed | undefined {
    if (by.kind !== "literal" || by.type !== "INT64") return undefined;
    const item = this.#items[Number(by.value) - 1];
    if (!item) throw invalidQuery(`The column number ${by.value} is out of range`, by.at);
    read(item);
    return item.value;
  }

  #inner(): Expressions {
    const alias = (name: string) => {
      const item = this.#items.find((one) => one.name?.toLowerCase() === name.toLowerCase());
      if (item) read(item);
      return item?.value;
    };
    return new Expressions(this.#statement, this.#scope, { alias, windows: this.#windows });
  }

  #columns(groups: readonly Column[] | undefined, { limit }: Ending): readonly RelationColumn[] {
    const passing = (column: Column) =>
      limit === "" && (groups?.includes(column) ?? true) && this.#windows.every((keys) => keys.includes(column));
    return this.#items.map((item, index) => {
      const { column, type, at } = item.value;
      const origins = column && passing(column) ? column.origins : [];
      return { name: item.name, sql: `c${index}`, type, origins, at, use: () => read(item) };
    });
  }

  #itemsOf(item: SelectItem): readonly Item[] {
    if (item.kind === "star") return this.#star(item);
    const { value, reads } = this.#collected((inner) => inner.one(item.value));
    return [{ name: item.alias ?? nameOf(item.value), value: known(value), reads }];
  }

  #star(item: Extract<SelectItem, { readonly kind: "star" }>): readonly Item[] {
    if (!item.of && !this.#select.from) throw invalidQuery("SELECT * must have a FROM clause", item.at);
    const names = item.except.map((name) => name.toLowerCase());
    const all = this.#starred(item);
    const missing = names.find((name) => !all.some((one) => one.name?.toLowerCase() === name));
    if (missing !== undefined) throw invalidQuery(`Column ${missing} in SELECT * EXCEPT list does not exist`, item.at);
    return all.filter((one) => !names.includes(one.name?.toLowerCase() ?? "")).map((one) => this.#replaced(one, item));
  }

  #starred({ of, at }: Extract<SelectItem, { readonly kind: "star" }>): readonly Item[] {
    const range = of?.kind === "path" && of.parts.length === 1 ? this.#scope.range(of.parts[0] ?? "") : undefined;
    if (of && !range) {
      const { value, reads } = this.#collected((inner) => inner.one(of));
      if (value.type.name !== "STRUCT") throw invalidQuery("Dot-star is not supported for this type", at);
      return spread(value).map((one) => ({ name: one.name, value: one, reads }));
    }
    const columns = range ? elementsOf(range) : this.#scope.all();
    return columns.map((column) => ({
      name: column.name,
      value: { sql: column.sql, type: column.type, at, column },
      reads: [column],
    }));
  }

  #replaced(item: Item, { replace }: Extract<SelectItem, { readonly kind: "star" }>): Item {
    const found = replace.find(({ name }) => name.toLowerCase() === item.name?.toLowerCase());
    return found ? { name: item.name, ...this.#collected((inner) => inner.one(found.value)) } : item;
  }

  #collected(resolve: (inner: Expressions) => Typed): Pick<Item, "value" | "reads"> {
    const reads: Column[] = [];
    const use = (column: Column) => void reads.push(column);
    const value = resolve(new Expressions(this.#statement, this.#scope, { use, windows: this.#windows }));
    return { value, reads };
  }
}

/** The limit of a query in DuckDB's words. */
export function limitOf({ limit, offset }: Query, statement: Sources): string {
  const number = (one: Expression | undefined) => {
    const value = one && new Expressions(statement, new Scope([])).as(one, { name: "INT64" }).constant;
    if (one && typeof value !== "number") throw beyondSubset("LIMIT that is no literal or parameter", one.at);
    return value;
  };
  const [count, from] = [number(limit), number(offset)];
  return [count !== undefined && `LIMIT ${count}`, from !== undefined && `OFFSET ${from}`].filter(Boolean).join(" ");
}

/** A NULL is an INT64 where nothing says more. */
function known(value: Typed): Typed {
  return value.type.name === "NULL" ? { ...value, sql: `CAST(${value.sql} AS BIGINT)` } : value;
}

function nameOf(value: Expression): string | undefined {
  if (value.kind === "path") return value.parts.at(-1);
  return value.kind === "field" ? value.name : undefined;
}

function read({ reads }: Item): void {
  for (const column of reads) column.use();
}
