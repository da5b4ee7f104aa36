import type { Expression, From, Query, Select, SelectItem, Union } from "./ast.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { FromParser } from "./from-parser.ts";
import { parseOrderBy } from "./parse-order.ts";
import type { TokenReader } from "./token-reader.ts";

/** Reads queries, and the expressions and tables within them. */
export class QueryParser {
  readonly reader: TokenReader;
  readonly #expressions: ExpressionParser;
  readonly #from: FromParser;

  constructor(reader: TokenReader) {
    this.reader = reader;
    this.#expressions = new ExpressionParser(reader, () => this.query());
    this.#from = new FromParser(this.#expressions);
  }

  expression(): Expression {
    return this.#expressions.expression();
  }

  from(): From {
    return this.#from.from();
  }

  /** One table or query with its alias, as MERGE takes it. */
  source(): From {
    return this.#from.source();
  }

  query(): Query {
    const { reader } = this;
    const { at } = reader.token;
    const ctes = reader.accepts("WITH") ? this.#ctes() : [];
    const body = this.#body();
    const orderBy = reader.sees("ORDER") ? parseOrderBy(this) : [];
    const limit = reader.accepts("LIMIT") ? this.expression() : undefined;
    const offset = reader.accepts("OFFSET") ? this.expression() : undefined;
    return { kind: "query", with: ctes, body, orderBy, at, ...(limit && { limit }), ...(offset && { offset }) };
  }

  #ctes() {
    const { reader } = this;
    if (reader.sees("RECURSIVE")) throw reader.unknown("WITH RECURSIVE");
    return reader.list(() => {
      const name = reader.name();
      reader.expects("AS");
      return { name, query: reader.inBrackets(() => this.query()) };
    });
  }

  #body(): Select | Query | Union {
    const { reader } = this;
    const { at } = reader.token;
    const first = this.#part();
    const kind = this.#union();
    if (!kind) return first;
    const parts = [first, this.#part()];
    for (let next = this.#union(); next; next = this.#union()) {
      if (next !== kind) throw reader.unexpected("Different set operations cannot be used without brackets");
      parts.push(this.#part());
    }
    return { kind: "union", isDistinct: kind === "DISTINCT", parts, at };
  }

  #union(): "ALL" | "DISTINCT" | undefined {
    const { reader } = this;
    if (reader.sees("INTERSECT") || (reader.sees("EXCEPT") && reader.ahead(1).word !== "(")) {
      throw reader.unknown(reader.token.text);
    }
    if (!reader.accepts("UNION")) return undefined;
    if (reader.accepts("ALL")) return "ALL";
    reader.expects("DISTINCT");
    return "DISTINCT";
  }

  #part(): Select | Query {
    return this.reader.sees("(") ? this.reader.inBrackets(() => this.query()) : this.#select();
  }

  #select(): Select {
    const { reader } = this;
    const { at } = reader.token;
    reader.expects("SELECT");
    const isDistinct = reader.acceptsOne("DISTINCT", "ALL") === "DISTINCT";
    const isStruct = reader.accepts("AS", "STRUCT");
    if (reader.sees("AS")) throw reader.unknown("SELECT AS");
    const items = this.#items();
    return { kind: "select", isDistinct, isStruct, items, at, ...this.#clauses() };
  }

  #clauses() {
    const { reader } = this;
    const from = reader.accepts("FROM") ? this.from() : undefined;
    const where = reader.accepts("WHERE") ? this.expression() : undefined;
    const groupBy = reader.accepts("GROUP", "BY") ? this.#groupBy() : [];
    const having = reader.accepts("HAVING") ? this.expression() : undefined;
    const qualify = reader.accepts("QUALIFY") ? this.expression() : undefined;
    if (reader.sees("WINDOW")) throw reader.unknown("WINDOW");
    return {
      groupBy,
      ...(from && { from }),
      ...(where && { where }),
      ...(having && { having }),
      ...(qualify && { qualify }),
    };
  }

  #groupBy(): readonly Expression[] {
    const { reader } = this;
    if (["ROLLUP", "CUBE", "GROUPING", "ALL"].some((word) => reader.sees(word))) {
      throw reader.unknown(`GROUP BY ${reader.token.text}`);
    }
    return reader.list(() => this.expression());
  }

  /** A comma may stand behind the last. */
  #items(): readonly SelectItem[] {
    const items = [this.#item()];
    while (this.reader.accepts(",")) {
      if (this.reader.sees("FROM") || this.reader.token.kind === "end") break;
      items.push(this.#item());
    }
    return items;
  }

  #item(): SelectItem {
    const { reader } = this;
    const { at } = reader.token;
    if (reader.accepts("*")) return { kind: "star", at, ...this.#changes() };
    const value = this.expression();
    if (reader.accepts(".", "*")) return { kind: "star", of: value, at, ...this.#changes() };
    const alias = reader.alias();
    return { kind: "item", value, at, ...(alias !== undefined && { alias }) };
  }

  #changes() {
    const { reader } = this;
    const except = reader.accepts("EXCEPT") ? reader.inBrackets(() => reader.list(() => reader.name())) : [];
    const replace = reader.accepts("REPLACE") ? reader.inBrackets(() => reader.list(() => this.#replacement())) : [];
    return { except, replace };
  }

  #replacement() {
    const value = this.expression();
    this.reader.expects("AS");
    return { value, name: this.reader.name() };
  }
}
