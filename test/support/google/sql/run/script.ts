import type { Field } from "../../bigquery/schema.ts";
import type { Change, Table } from "../../bigquery/table.ts";
import { type Row, ValueError } from "../../bigquery/values.ts";
import { fromDuck } from "../duck-values.ts";
import type { StatementNode } from "../parse/statements.ts";
import type { Step, TableChange } from "../resolve/dml.ts";
import { invalidQuery } from "../sql-error.ts";
import { typeOfField } from "../types.ts";
import type { Plan } from "./plan.ts";
import type { Session, SqlEngine, SqlJob } from "./sql-engine.ts";

/** Rows that a statement of DML changed. */
export interface DmlStats {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What one statement came to. */
export interface Outcome {
  readonly plan: Plan;
  readonly fields: readonly Field[];
  readonly rows: readonly Row[];
  readonly dml?: DmlStats;
  readonly ddl?: string;
}

/** Runs the statements of one job, one after the other. */
export class Script {
  readonly #engine: SqlEngine;
  readonly #session: Session;
  readonly #job: SqlJob;
  /** What takes back what the open transaction did, the first change first. */
  #undo: { readonly table: Table; readonly change: Change }[] | undefined;

  constructor(engine: SqlEngine, session: Session, job: SqlJob) {
    this.#engine = engine;
    this.#session = session;
    this.#job = job;
  }

  /** All that came of it; an open transaction is taken back at the end, and when a statement fails. */
  async run(nodes: readonly StatementNode[], check: (plan: Plan) => void): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    try {
      for (const node of nodes) outcomes.push(await this.#one(node, check));
    } finally {
      this.#rollBack();
    }
    return outcomes;
  }

  async #one(node: StatementNode, check: (plan: Plan) => void): Promise<Outcome> {
    const plan = this.#engine.plan(node, this.#job, (table) => this.#session.mirror.nameOf(table));
    check(plan);
    await this.#session.bringUpToDate(plan.usage.map(({ table }) => table));
    const { work, fields } = plan;
    const nothing = { plan, fields, rows: [] };
    switch (work.kind) {
      case "rows":
        return { ...nothing, rows: await this.#session.rows(work.sql, plan.params, work.columns) };
      case "change":
        return { ...nothing, dml: await this.#change(work.change, plan) };
      case "ddl":
        if (this.#undo) throw invalidQuery("DDL statements are not supported in a transaction", node.at);
        return { ...nothing, ddl: work.change.run() };
      case "transaction":
        this.#turn(work.word, node.at);
        return nothing;
    }
  }

  async #change({ table, steps }: TableChange, { params }: Plan): Promise<DmlStats> {
    const all: { readonly kind: Step["kind"]; readonly ids: readonly number[]; readonly rows: readonly Row[] }[] = [];
    for (const { kind, sql } of steps) {
      const read = await this.#session.read(sql, params);
      const ids = kind === "insert" ? [] : read.map((row) => Number(row[0]));
      const values = kind === "delete" ? [] : read.map((row) => rowFrom(table, kind === "update" ? row.slice(1) : row));
      all.push({ kind, ids, rows: values });
    }
    const ids = all.flatMap((one) => one.ids);
    const remove = new Set(ids);
    if (remove.size < ids.length) {
      throw invalidQuery("UPDATE/MERGE must match at most one source row for each target row");
    }
    const undo = table.modify({ remove, add: all.flatMap(({ rows }) => rows) });
    this.#undo?.push({ table, change: undo });
    const count = (kind: Step["kind"]) =>
      all.filter((one) => one.kind === kind).reduce((sum, one) => sum + (one.ids.length || one.rows.length), 0);
    return { inserted: count("insert"), updated: count("update"), deleted: count("delete") };
  }

  #turn(word: "BEGIN" | "COMMIT" | "ROLLBACK", at: StatementNode["at"]): void {
    if ((word === "BEGIN") === (this.#undo !== undefined))
      throw invalidQuery(`${word} TRANSACTION is not allowed here`, at);
    if (word === "ROLLBACK") this.#rollBack();
    this.#undo = word === "BEGIN" ? [] : undefined;
  }

  #rollBack(): void {
    for (const { table, change } of (this.#undo ?? []).reverse()) table.restore(change);
    this.#undo = undefined;
  }
}

/** A row of the table from values in the order of its columns; throws for a NULL where none may be. */
function rowFrom(table: Table, values: readonly Parameters<typeof fromDuck>[1][]): Row {
  const entries = table.fields.map((field, index) => {
    const type = typeOfField(field) ?? { name: "NULL" };
    return [field.name, fromDuck(type, values[index] ?? null)];
  });
  try {
    return table.rowOf(Object.fromEntries(entries));
  } catch (error) {
    throw error instanceof ValueError ? invalidQuery(error.message) : error;
  }
}
