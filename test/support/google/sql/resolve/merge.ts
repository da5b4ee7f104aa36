import type { Merge, MergeWhen } from "../parse/statements.ts";
import { invalidQuery } from "../sql-error.ts";
import { insertedList, insertedNames, type Step, type TableChange, Target, targetOf, valueFor } from "./dml.ts";
import { Expressions } from "./expressions.ts";
import { type Filter, isBounding, UNKNOWN } from "./filter.ts";
import { type Source, source } from "./from-clause.ts";
import { Scope } from "./scope.ts";
import type { StatementResolver } from "./statement-resolver.ts";
import type { Typed } from "./typed.ts";

const NOTHING = new Scope([]);

/** Translates MERGE: a step for each WHEN, for the rows that no WHEN before it took. */
export function mergeOf(statement: StatementResolver, merge: Merge): TableChange {
  const table = targetOf(statement, merge.target);
  return new MergeResolver(statement, new Target(statement, table, merge.target), merge).change();
}

class MergeResolver {
  readonly #statement: StatementResolver;
  readonly #target: Target;
  readonly #merge: Merge;
  readonly #source: Source;
  readonly #on: Typed;
  /** ON FALSE: nothing matches, and the target need not be read to know. */
  readonly #isNever: boolean;

  constructor(statement: StatementResolver, target: Target, merge: Merge) {
    this.#statement = statement;
    this.#target = target;
    this.#merge = merge;
    this.#source = source(statement, merge.source, NOTHING);
    this.#on = this.#at("MATCHED").condition(merge.on, "ON clause");
    this.#isNever = this.#on.constant === false;
  }

  change(): TableChange {
    const before = new Map<MergeWhen["match"], string>();
    const filters: Filter[] = [];
    const steps = this.#merge.whens.map((when) => {
      const condition = when.condition && this.#at(when.match).condition(when.condition, "WHEN clause");
      filters.push(this.#boundOf(when, condition));
      const taken = before.get(when.match) ?? "";
      before.set(when.match, `${taken} AND NOT coalesce(${condition?.sql ?? "TRUE"}, FALSE)`);
      return this.#step(when, `${condition?.sql ?? "TRUE"}${taken}`);
    });
    const { table, scan } = this.#target;
    const isRead = !this.#isNever || this.#merge.whens.some(({ match }) => match === "NOT MATCHED BY SOURCE");
    if (!isRead) this.#statement.forget(scan);
    const filter: Filter = { kind: "any", parts: filters };
    if (isBounding(filter, scan)) scan.filters.push(filter);
    return { table, steps, target: isRead ? scan : undefined };
  }

  #step({ match, action, at }: MergeWhen, condition: string): Step {
    const inner = this.#at(match);
    const rest = `${this.#rows(match)} WHERE ${condition}`;
    if (action.kind === "delete") return { kind: "delete", sql: `SELECT ${this.#target.id} AS id FROM ${rest}` };
    if (action.kind === "update") {
      return { kind: "update", sql: `SELECT ${this.#target.updated(action.set, inner)} FROM ${rest}` };
    }
    const { table } = this.#target;
    const names = insertedNames(table, action.columns, at);
    const values =
      action.values?.map((expression, index) => valueFor(table, names[index] ?? "", { expression, inner })) ??
      this.#sourceRow(inner, at);
    if (values.length !== names.length) throw invalidQuery("Inserted row has wrong column count", at);
    return { kind: "insert", sql: `SELECT ${insertedList(table, names, values)} FROM ${rest}` };
  }

  /** What INSERT ROW inserts. */
  #sourceRow(inner: Expressions, at: MergeWhen["at"]): readonly Typed[] {
    return new Scope(this.#source.ranges, { hidden: this.#source.hidden })
      .all()
      .map((column) => inner.column(column, at));
  }

  /** What names mean in a clause for such rows. */
  #at(match: MergeWhen["match"]): Expressions {
    const { ranges, hidden } = this.#source;
    const all = {
      MATCHED: [this.#target.range, ...ranges],
      "NOT MATCHED": ranges,
      "NOT MATCHED BY SOURCE": [this.#target.range],
    };
    return new Expressions(this.#statement, new Scope(all[match], { hidden }));
  }

  /** The rows of a clause, behind FROM. */
  #rows(match: MergeWhen["match"]): string {
    const [target, other] = [this.#target.sql, `(${this.#source.sql})`];
    const from = this.#merge.source.kind === "join" ? other : this.#source.sql;
    if (this.#isNever)
      return match === "NOT MATCHED" ? from : match === "MATCHED" ? `${target} JOIN ${from} ON FALSE` : target;
    const join = match === "MATCHED" ? "JOIN" : "ANTI JOIN";
    const [left, right] = match === "NOT MATCHED" ? [from, target] : [target, from];
    return `${left} ${join} ${right} ON ${this.#on.sql}`;
  }

  /** What of the target a clause needs: for rows that have no match in the target, all that could match. */
  #boundOf({ match }: MergeWhen, condition: Typed | undefined): Filter {
    const own = condition?.filter ?? UNKNOWN;
    const on = this.#on.filter ?? UNKNOWN;
    if (match === "NOT MATCHED BY SOURCE") return own;
    if (this.#isNever) return nothingOf(this.#target);
    return match === "NOT MATCHED" ? on : { kind: "all", parts: [on, own] };
  }
}

/** No row of the target is needed. */
function nothingOf({ scan }: Target): Filter {
  const column = scan.table.partitionColumn ?? "";
  return { kind: "bound", origins: [{ scan, column }], passes: () => false };
}
