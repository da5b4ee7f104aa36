import { invalidQuery } from "../sql-error.ts";
import type { Expression, Query, TableName } from "./ast.ts";
import { parseTableName } from "./parse-table-name.ts";
import type { QueryParser } from "./query-parser.ts";
import type { Assignment, Delete, Dml, Insert, Merge, MergeWhen, Update } from "./statements.ts";

/** Reads INSERT, UPDATE, DELETE and MERGE. */
export class DmlParser {
  readonly #queries: QueryParser;

  constructor(queries: QueryParser) {
    this.#queries = queries;
  }

  statement(): Dml | undefined {
    const { reader } = this.#queries;
    if (reader.accepts("INSERT")) return this.#insert();
    if (reader.accepts("UPDATE")) return this.#update();
    if (reader.accepts("DELETE")) return this.#delete();
    return reader.accepts("MERGE") ? this.#merge() : undefined;
  }

  #insert(): Insert {
    const { reader } = this.#queries;
    const { at } = reader.token;
    reader.accepts("INTO");
    const target: TableName = { kind: "table", parts: parseTableName(reader), at };
    const columns = this.#columns();
    return { kind: "insert", target, columns, rows: this.#rows(), at };
  }

  #rows(): Insert["rows"] {
    const { reader } = this.#queries;
    if (!reader.accepts("VALUES")) return this.#queries.query();
    return reader.list(() => this.#values());
  }

  #update(): Update {
    const { reader } = this.#queries;
    const target = this.#target();
    reader.expects("SET");
    const set = reader.list(() => this.#assignment());
    const from = reader.accepts("FROM") ? this.#queries.from() : undefined;
    return { kind: "update", target, set, at: target.at, where: this.#where("UPDATE"), ...(from && { from }) };
  }

  #delete(): Delete {
    this.#queries.reader.accepts("FROM");
    const target = this.#target();
    return { kind: "delete", target, at: target.at, where: this.#where("DELETE") };
  }

  #merge(): Merge {
    const { reader } = this.#queries;
    reader.accepts("INTO");
    const target = this.#target();
    reader.expects("USING");
    const source = this.#queries.source();
    reader.expects("ON");
    const on = this.#queries.expression();
    const whens: MergeWhen[] = [];
    while (reader.sees("WHEN")) whens.push(this.#when());
    if (whens.length === 0) throw reader.unexpected("Expected keyword WHEN");
    return { kind: "merge", target, source, on, whens, at: target.at };
  }

  #when(): MergeWhen {
    const { reader } = this.#queries;
    const { at } = reader.token;
    reader.expects("WHEN");
    const match = this.#match();
    const condition = reader.accepts("AND") ? this.#queries.expression() : undefined;
    reader.expects("THEN");
    const action = this.#action();
    if ((action.kind === "insert") !== (match === "NOT MATCHED")) {
      throw invalidQuery(`${action.kind.toUpperCase()} is not allowed in a WHEN ${match} clause`, at);
    }
    return { match, action, at, ...(condition && { condition }) };
  }

  #match(): MergeWhen["match"] {
    const { reader } = this.#queries;
    if (reader.accepts("MATCHED")) return "MATCHED";
    reader.expects("NOT", "MATCHED");
    if (reader.accepts("BY", "SOURCE")) return "NOT MATCHED BY SOURCE";
    reader.accepts("BY", "TARGET");
    return "NOT MATCHED";
  }

  #action(): MergeWhen["action"] {
    const { reader } = this.#queries;
    if (reader.accepts("DELETE")) return { kind: "delete" };
    if (reader.accepts("UPDATE", "SET")) return { kind: "update", set: reader.list(() => this.#assignment()) };
    reader.expects("INSERT");
    const columns = this.#columns();
    if (reader.accepts("ROW")) return { kind: "insert", columns };
    reader.expects("VALUES");
    return { kind: "insert", columns, values: this.#values() };
  }

  #target(): TableName {
    const { reader } = this.#queries;
    const { at } = reader.token;
    const parts = parseTableName(reader);
    const alias = reader.alias();
    return { kind: "table", parts, at, ...(alias !== undefined && { alias }) };
  }

  #columns(): readonly string[] | undefined {
    const { reader } = this.#queries;
    const isQuery = reader.ahead(1).word === "SELECT" || reader.ahead(1).word === "WITH";
    return reader.sees("(") && !isQuery ? reader.inBrackets(() => reader.list(() => reader.name())) : undefined;
  }

  #values(): readonly Expression[] {
    const { reader } = this.#queries;
    return reader.inBrackets(() => reader.list(() => this.#value()));
  }

  #value(): Expression {
    const { at } = this.#queries.reader.token;
    return this.#queries.reader.accepts("DEFAULT") ? { kind: "default", at } : this.#queries.expression();
  }

  #assignment(): Assignment {
    const { reader } = this.#queries;
    const { at } = reader.token;
    let column = reader.name();
    if (reader.sees(".")) {
      reader.take();
      column = reader.anyName();
    }
    if (reader.sees(".")) throw reader.unknown("SET of a field");
    reader.expects("=");
    return { column, value: this.#value(), at };
  }

  #where(word: string): Expression {
    const { reader } = this.#queries;
    const { at } = reader.token;
    if (!reader.accepts("WHERE")) throw invalidQuery(`${word} must have a WHERE clause`, at);
    return this.#queries.expression();
  }
}

/** Whether INSERT takes a query. */
export function isQuery(rows: Insert["rows"]): rows is Query {
  return "kind" in rows;
}
