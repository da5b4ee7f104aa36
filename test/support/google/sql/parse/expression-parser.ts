import type { Call, Expression, Query } from "./ast.ts";
import { type CallParts, parseCall } from "./parse-call.ts";
import { parseConstructor } from "./parse-constructor.ts";
import { parseSpecial } from "./parse-special.ts";
import type { TokenReader } from "./token-reader.ts";

/** Operators of two sides by how they bind, the weakest first; comparisons stand between the second and the third. */
const SUMS = ["+", "-"];
const PRODUCTS = ["*", "/", "||"];
const COMPARISONS = ["=", "!=", "<>", "<=", ">=", "<", ">"];

/** Reads expressions; `query` reads the queries within them. */
export class ExpressionParser implements CallParts {
  readonly reader: TokenReader;
  readonly query: () => Query;

  constructor(reader: TokenReader, query: () => Query) {
    this.reader = reader;
    this.query = query;
  }

  expression(): Expression {
    return this.#chain(["OR"], () => this.#chain(["AND"], () => this.#not()));
  }

  list(): readonly Expression[] {
    return this.reader.list(() => this.expression());
  }

  #not(): Expression {
    const { at } = this.reader.token;
    if (this.reader.accepts("NOT")) return call("NOT", [this.#not()], at);
    return this.#comparison();
  }

  #comparison(): Expression {
    let left = this.#sum();
    for (;;) {
      const { at } = this.reader.token;
      const sign = this.reader.acceptsOne(...COMPARISONS);
      const next = sign ? call(sign === "<>" ? "!=" : sign, [left, this.#sum()], at) : this.#predicate(left);
      if (!next) return left;
      left = next;
    }
  }

  /** IS, [NOT] BETWEEN, IN and LIKE. */
  #predicate(of: Expression): Expression | undefined {
    const { reader } = this;
    const { at } = reader.token;
    if (reader.accepts("IS")) return this.#is(of);
    const isNegated = ["BETWEEN", "IN", "LIKE"].some((word) => reader.sees("NOT", word)) && reader.accepts("NOT");
    const found = this.#plainPredicate(of);
    return found && isNegated ? call("NOT", [found], at) : found;
  }

  #plainPredicate(of: Expression): Expression | undefined {
    const { reader } = this;
    const { at } = reader.token;
    if (reader.accepts("LIKE")) return call("LIKE", [of, this.#sum()], at);
    if (reader.accepts("IN")) return this.#in(of);
    if (!reader.accepts("BETWEEN")) return undefined;
    const low = this.#sum();
    reader.expects("AND");
    return call("BETWEEN", [of, low, this.#sum()], at);
  }

  #is(of: Expression): Expression {
    const { reader } = this;
    const { at } = reader.token;
    const isNegated = reader.accepts("NOT");
    if (reader.accepts("DISTINCT", "FROM")) {
      const found = call("IS_DISTINCT_FROM", [of, this.#sum()], at);
      return isNegated ? call("NOT", [found], at) : found;
    }
    const word = reader.acceptsOne("NULL", "TRUE", "FALSE");
    if (!word) throw reader.unexpected();
    return call(isNegated ? `IS_NOT_${word}` : `IS_${word}`, [of], at);
  }

  #in(of: Expression): Expression {
    const { reader } = this;
    const { at } = reader.token;
    if (reader.accepts("UNNEST")) return { kind: "inArray", of, array: reader.inBrackets(() => this.expression()), at };
    return reader.inBrackets(() =>
      reader.sees("SELECT") || reader.sees("WITH")
        ? { kind: "inQuery", of, query: this.query(), at }
        : { kind: "in", of, list: this.list(), at },
    );
  }

  #sum(): Expression {
    return this.#chain(SUMS, () => this.#chain(PRODUCTS, () => this.#unary()));
  }

  #unary(): Expression {
    const { at } = this.reader.token;
    if (this.reader.accepts("+")) return this.#unary();
    if (!this.reader.accepts("-")) return this.#access();
    const of = this.#unary();
    const isNumber = of.kind === "literal" && ["INT64", "FLOAT64"].includes(of.type);
    return isNumber ? { ...of, value: `-${of.value}`, at } : call("NEGATE", [of], at);
  }

  /** Fields and elements of what stands before. */
  #access(): Expression {
    const { reader } = this;
    let of = this.#primary();
    for (;;) {
      const { at } = reader.token;
      if (reader.sees(".") && reader.ahead(1).word !== "*") {
        reader.take();
        of = { kind: "field", of, name: reader.anyName(), at };
      } else if (reader.accepts("[")) {
        of = call("[]", [of, this.expression()], at);
        reader.expects("]");
      } else return of;
    }
  }

  #primary(): Expression {
    return this.#literal() ?? parseSpecial(this) ?? parseConstructor(this) ?? parseCall(this) ?? this.#path();
  }

  #literal(): Expression | undefined {
    const { reader } = this;
    const { kind, at, value } = reader.token;
    const type = LITERALS[kind];
    if (type) return { kind: "literal", type, value: reader.take().value, at };
    if (kind === "param") return { kind: "param", name: this.#parameter(value), at };
    const word = reader.acceptsOne("NULL", "TRUE", "FALSE");
    if (word === undefined) return undefined;
    return { kind: "literal", type: word === "NULL" ? "NULL" : "BOOL", value: word, at };
  }

  #parameter(name: string): string {
    this.reader.take();
    return name === "?" ? String(this.reader.positional++) : name;
  }

  #path(): Expression {
    const { reader } = this;
    const { at } = reader.token;
    const parts = reader.name().split(".");
    while (reader.sees(".") && reader.ahead(1).word !== "*") {
      reader.take();
      parts.push(reader.anyName());
    }
    return { kind: "path", parts, at };
  }

  #chain(signs: readonly string[], next: () => Expression): Expression {
    let left = next();
    for (;;) {
      const { at } = this.reader.token;
      const sign = this.reader.acceptsOne(...signs);
      if (!sign) return left;
      left = call(sign, [left, next()], at);
    }
  }
}

const LITERALS: Readonly<Record<string, string>> = { string: "STRING", bytes: "BYTES", int: "INT64", float: "FLOAT64" };

function call(name: string, args: readonly Expression[], at: Call["at"]): Call {
  return { kind: "call", name, args, at };
}
