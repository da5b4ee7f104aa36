import type { Field } from "../../bigquery/schema.ts";
import type { Expression, TableName, TypeName } from "./ast.ts";
import { parseTableName } from "./parse-table-name.ts";
import { parseType } from "./parse-type.ts";
import type { QueryParser } from "./query-parser.ts";
import type {
  AlterAction,
  AlterTable,
  ColumnDefinition,
  CreateTable,
  CreateView,
  Ddl,
  Drop,
  Options,
} from "./statements.ts";

/** Reads CREATE, ALTER and DROP of tables and views. */
export class DdlParser {
  readonly #queries: QueryParser;

  constructor(queries: QueryParser) {
    this.#queries = queries;
  }

  statement(): Ddl | undefined {
    const { reader } = this.#queries;
    if (reader.accepts("ALTER", "TABLE")) return this.#alter();
    const what = reader.sees("DROP") ? ["TABLE", "VIEW"].find((word) => reader.accepts("DROP", word)) : undefined;
    if (what) return this.#drop(what === "VIEW" ? "VIEW" : "TABLE");
    for (const word of ["TABLE", "VIEW"]) {
      const isReplace = reader.accepts("CREATE", "OR", "REPLACE", word);
      if (isReplace || reader.accepts("CREATE", word)) {
        return word === "VIEW" ? this.#createView(isReplace) : this.#createTable(isReplace);
      }
    }
    return undefined;
  }

  #createTable(isReplace: boolean): CreateTable {
    const { reader } = this.#queries;
    const { at } = reader.token;
    const isIfNotExists = reader.accepts("IF", "NOT", "EXISTS");
    const name = this.#name();
    const columns = reader.inBrackets(() => this.#definitions());
    const partitionBy = reader.accepts("PARTITION", "BY") ? this.#queries.expression() : undefined;
    const clusterBy = reader.accepts("CLUSTER", "BY") ? reader.list(() => reader.name()) : [];
    const options = this.#options();
    if (reader.sees("AS")) throw reader.unknown("CREATE TABLE AS SELECT");
    const settings = { isIfNotExists, isReplace, columns, clusterBy, options };
    return { kind: "createTable", name, at, ...settings, ...(partitionBy && { partitionBy }) };
  }

  #createView(isReplace: boolean): CreateView {
    const { reader } = this.#queries;
    const { at } = reader.token;
    const isIfNotExists = reader.accepts("IF", "NOT", "EXISTS");
    const name = this.#name();
    if (reader.sees("(")) throw reader.unknown("a view's list of columns");
    const options = this.#options();
    reader.expects("AS");
    const { from } = reader.token;
    const query = this.#queries.query();
    const text = reader.sql.slice(from, reader.token.from).trim();
    return { kind: "createView", name, isIfNotExists, isReplace, options, query, text, at };
  }

  #drop(what: Drop["what"]): Drop {
    const { at } = this.#queries.reader.token;
    const isIfExists = this.#queries.reader.accepts("IF", "EXISTS");
    return { kind: "drop", what, isIfExists, name: this.#name(), at };
  }

  #alter(): AlterTable {
    const { at } = this.#queries.reader.token;
    const isIfExists = this.#queries.reader.accepts("IF", "EXISTS");
    const name = this.#name();
    const actions = this.#queries.reader.list(() => this.#action());
    return { kind: "alterTable", name, isIfExists, actions, at };
  }

  #action(): AlterAction {
    const { reader } = this.#queries;
    const { at } = reader.token;
    if (reader.accepts("ADD", "COLUMN")) {
      const isIfNotExists = reader.accepts("IF", "NOT", "EXISTS");
      return { kind: "addColumn", isIfNotExists, column: this.#definition(), at };
    }
    if (reader.accepts("SET")) return { kind: "setOptions", options: this.#options(), at };
    if (!reader.accepts("ALTER", "COLUMN")) throw reader.unknown(`ALTER TABLE ${reader.token.text}`);
    const column = reader.name();
    if (reader.accepts("DROP", "NOT", "NULL")) return { kind: "dropNotNull", column, at };
    if (!reader.accepts("SET")) throw reader.unknown(`ALTER COLUMN ${reader.token.text}`);
    if (!reader.sees("OPTIONS")) throw reader.unknown(`ALTER COLUMN SET ${reader.token.text}`);
    return { kind: "columnOptions", column, options: this.#options(), at };
  }

  /** A comma may stand behind the last. */
  #definitions(): readonly ColumnDefinition[] {
    const { reader } = this.#queries;
    const all = [this.#definition()];
    while (reader.accepts(",") && !reader.sees(")")) all.push(this.#definition());
    return all;
  }

  #definition(): ColumnDefinition {
    const { reader } = this.#queries;
    const name = reader.name();
    const type = parseType(reader);
    const isRequired = reader.accepts("NOT", "NULL");
    if (reader.sees("DEFAULT")) throw reader.unknown("DEFAULT of a column");
    return { field: schemaField(name, type, isRequired), options: this.#options() };
  }

  #options(): Options {
    const { reader } = this.#queries;
    if (!reader.accepts("OPTIONS")) return new Map();
    return reader.inBrackets(() => new Map(reader.sees(")") ? [] : reader.list(() => this.#option())));
  }

  #option(): readonly [string, Expression] {
    const name = this.#queries.reader.name().toLowerCase();
    this.#queries.reader.expects("=");
    return [name, this.#queries.expression()];
  }

  #name(): TableName {
    const { reader } = this.#queries;
    const { at } = reader.token;
    return { kind: "table", parts: parseTableName(reader), at };
  }
}

function schemaField(name: string, type: TypeName, isRequired = false): Field {
  if ("of" in type) return { ...schemaField(name, type.of), mode: "REPEATED" };
  const fields = "fields" in type ? type.fields.map((field) => schemaField(field.name, field.type)) : undefined;
  return { name, type: type.name, ...(isRequired && { mode: "REQUIRED" }), ...(fields && { fields }) };
}
