import type { Query } from "../parse/ast.ts";
import { invalidQuery, type Place } from "../sql-error.ts";
import { quoted, type SqlType } from "../types.ts";
import type { Column, Typed } from "./typed.ts";

/** A table, query or array behind FROM. */
export interface Range {
  readonly alias: string | undefined;
  readonly columns: readonly Column[];
  /** For an array's elements: the element itself. */
  readonly value?: Column;
}

/** A query's name by WITH, and what its own text sees. */
export interface Cte {
  readonly query: Query;
  readonly scope: Scope;
}

/** What names mean at one place of a statement. */
export class Scope {
  readonly ranges: readonly Range[];
  readonly #parent: Scope | undefined;
  readonly #ctes: ReadonlyMap<string, Cte>;
  /** Columns that USING left to the other side. */
  readonly #hidden: ReadonlySet<Column>;

  constructor(
    ranges: readonly Range[],
    {
      parent,
      ctes = new Map(),
      hidden = new Set(),
    }: { parent?: Scope | undefined; ctes?: ReadonlyMap<string, Cte>; hidden?: ReadonlySet<Column> } = {},
  ) {
    this.ranges = ranges;
    this.#parent = parent;
    this.#ctes = ctes;
    this.#hidden = hidden;
  }

  cte(name: string): Cte | undefined {
    return this.#ctes.get(name.toLowerCase()) ?? this.#parent?.cte(name);
  }

  /** All columns that `*` stands for. */
  all(): readonly Column[] {
    return this.ranges.flatMap((range) => elementsOf(range)).filter((column) => !this.#hidden.has(column));
  }

  /** The column of that name in this scope alone; throws when two have it. */
  own(name: string, at: Place): Column | undefined {
    const all = this.ranges.flatMap((range) => [
      ...range.columns,
      ...(range.value && isNamed(range, name) ? [range.value] : []),
    ]);
    const found = all.filter(
      (column) => column.name?.toLowerCase() === name.toLowerCase() && !this.#hidden.has(column),
    );
    if (found.length > 1) throw invalidQuery(`Column name ${name} is ambiguous`, at);
    return found[0];
  }

  range(name: string): Range | undefined {
    return this.ranges.find((range) => isNamed(range, name)) ?? this.#parent?.range(name);
  }

  /** The column of that name, here or in a query around. */
  column(name: string, at: Place): Column | undefined {
    return this.own(name, at) ?? (this.range(name) ? undefined : this.#parent?.column(name, at));
  }
}

/** The columns of one range that `alias.*` stands for. */
export function elementsOf({ columns, value }: Range): readonly Column[] {
  return value && value.type.name !== "STRUCT" ? [value] : columns;
}

/** The column of a range; throws when it has none. */
export function columnIn(range: Range, name: string, at: Place): Column {
  const found = range.columns.filter((column) => column.name?.toLowerCase() === name.toLowerCase());
  const [column] = found;
  if (!column) throw invalidQuery(`Name ${name} not found inside ${range.alias}`, at);
  if (found.length > 1) throw invalidQuery(`Column name ${name} is ambiguous`, at);
  return column;
}

/** A field of a struct; throws for what has none of that name. */
export function fieldIn(of: Typed, name: string, at: Place): Typed {
  const field = fieldsOf(of.type).find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!field) throw invalidQuery(`Cannot access field ${name} on a value with type ${of.type.name}`, at);
  return { sql: `(${of.sql}).${quoted(field.name)}`, type: field.type, at };
}

export function fieldsOf(type: SqlType) {
  return type.name === "STRUCT" ? type.fields : [];
}

function isNamed({ alias }: Range, name: string): boolean {
  return alias?.toLowerCase() === name.toLowerCase();
}
