import { beyondSubset, syntaxError } from "../sql-error.ts";
import { RESERVED } from "./reserved.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** Reads a statement's tokens one after the other. */
export class TokenReader {
  readonly sql: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  /** Positional parameters met. */
  positional = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.#tokens = tokensOf(sql);
  }

  get token(): Token {
    return this.ahead(0);
  }

  get isAtEnd(): boolean {
    return this.token.kind === "end";
  }

  ahead(steps: number): Token {
    const token = this.#tokens[this.#next + steps] ?? this.#tokens.at(-1);
    if (!token) throw new Error("a statement has at least its end");
    return token;
  }

  take(): Token {
    const { token } = this;
    this.#next += 1;
    return token;
  }

  /** True when these words and signs come next. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, index) => this.ahead(index).word === word);
  }

  /** Takes these words and signs if they come next. */
  accepts(...words: readonly string[]): boolean {
    const isSeen = this.sees(...words);
    if (isSeen) this.#next += words.length;
    return isSeen;
  }

  /** The first of the words that comes next, taken. */
  acceptsOne(...words: readonly string[]): string | undefined {
    return words.find((word) => this.accepts(word));
  }

  expects(...words: readonly string[]): void {
    for (const word of words) if (!this.accepts(word)) throw this.unexpected(`Expected ${shown(word)}`);
  }

  seesName(): boolean {
    const { kind, word } = this.token;
    return kind === "quoted" || (kind === "name" && !RESERVED.has(word));
  }

  /** A name in backticks, or one that is no reserved word. */
  name(): string {
    if (!this.seesName()) throw this.unexpected();
    return this.take().value;
  }

  /** A name behind a dot, where reserved words are names. */
  anyName(): string {
    if (this.token.kind !== "name" && this.token.kind !== "quoted") throw this.unexpected();
    return this.take().value;
  }

  /** With AS, or without where no keyword stands there. */
  alias(): string | undefined {
    if (this.accepts("AS")) return this.name();
    return this.seesName() ? this.take().value : undefined;
  }

  /** A list with commas of what `read` reads. */
  list<Item>(read: () => Item): readonly Item[] {
    const items = [read()];
    while (this.accepts(",")) items.push(read());
    return items;
  }

  inBrackets<Item>(read: () => Item): Item {
    this.expects("(");
    const item = read();
    this.expects(")");
    return item;
  }

  whole(): number {
    if (this.token.kind !== "int") throw this.unexpected("Expected integer literal");
    return Number(this.take().value);
  }

  text(): string {
    if (this.token.kind !== "string") throw this.unexpected("Expected string literal");
    return this.take().value;
  }

  /** The error for the token that comes next. */
  unexpected(expected?: string): Error {
    const { token } = this;
    return syntaxError(
      expected ? `${expected} but got ${described(token)}` : `Unexpected ${described(token)}`,
      token.at,
    );
  }

  /** The error for a token that BigQuery may know. */
  unknown(what: string): Error {
    return beyondSubset(what, this.token.at);
  }
}

function described({ kind, text, word }: Token): string {
  if (kind === "end") return "end of script";
  if (kind === "string") return `string literal ${text}`;
  if (kind === "int") return `integer literal "${text}"`;
  if (kind === "name") return RESERVED.has(word) ? `keyword ${word}` : `identifier "${text}"`;
  return kind === "quoted" ? `identifier ${text}` : `"${text}"`;
}

function shown(word: string): string {
  return /\w/.test(word) ? `keyword ${word}` : `"${word}"`;
}
