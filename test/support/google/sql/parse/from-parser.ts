import type { From, Join } from "./ast.ts";
import type { CallParts } from "./parse-call.ts";
import { parseTableName } from "./parse-table-name.ts";

/** Reads what stands behind FROM. */
export class FromParser {
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  from(): From {
    let left = this.source();
    for (;;) {
      const { at } = this.#parts.reader.token;
      const type = this.#joinType();
      if (!type) return left;
      const right = this.source();
      left = { kind: "join", type, left, right, at, ...this.#condition(type, right) };
    }
  }

  source(): From {
    const { reader } = this.#parts;
    const { at } = reader.token;
    if (reader.accepts("UNNEST")) return this.#unnest();
    if (!reader.sees("(")) return this.#table();
    const isQuery = ["SELECT", "WITH", "("].includes(reader.ahead(1).word);
    if (!isQuery) return reader.inBrackets(() => this.from());
    const query = reader.inBrackets(this.#parts.query);
    const alias = reader.alias();
    return { kind: "derived", query, at, ...(alias !== undefined && { alias }) };
  }

  #table(): From {
    const { reader } = this.#parts;
    const { at } = reader.token;
    const parts = parseTableName(reader);
    if (reader.sees("(")) throw reader.unknown(`the table function ${parts.join(".")}`);
    if (reader.sees("FOR")) throw reader.unknown("FOR SYSTEM_TIME");
    const alias = reader.alias();
    for (const word of ["TABLESAMPLE", "PIVOT", "UNPIVOT"]) if (reader.sees(word)) throw reader.unknown(word);
    return { kind: "table", parts, at, ...(alias !== undefined && { alias }) };
  }

  #unnest(): From {
    const { reader } = this.#parts;
    const { at } = reader.token;
    const array = reader.inBrackets(() => this.#parts.expression());
    const alias = reader.alias();
    const offset = reader.accepts("WITH", "OFFSET") ? (reader.alias() ?? "offset") : undefined;
    return {
      kind: "unnest",
      array,
      at,
      ...(alias !== undefined && { alias }),
      ...(offset !== undefined && { offset }),
    };
  }

  #joinType(): Join["type"] | undefined {
    const { reader } = this.#parts;
    if (reader.accepts(",") || reader.accepts("CROSS", "JOIN")) return "CROSS";
    if (reader.accepts("JOIN") || reader.accepts("INNER", "JOIN")) return "INNER";
    if (reader.sees("NATURAL")) throw reader.unknown("NATURAL");
    for (const side of ["LEFT", "RIGHT", "FULL"] as const) {
      if (reader.accepts(side, "JOIN") || reader.accepts(side, "OUTER", "JOIN")) return side;
    }
    return undefined;
  }

  #condition(type: Join["type"], right: From): Pick<Join, "on" | "using"> {
    const { reader } = this.#parts;
    if (type === "CROSS") return {};
    if (reader.accepts("ON")) return { on: this.#parts.expression() };
    if (right.kind === "unnest" && !reader.sees("USING")) return {};
    reader.expects("USING");
    return { using: reader.inBrackets(() => reader.list(() => reader.name())) };
  }
}
