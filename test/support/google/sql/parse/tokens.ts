import { type Place, syntaxError } from "../sql-error.ts";
import { unescaped } from "./string-escapes.ts";

export type TokenKind = "name" | "quoted" | "string" | "bytes" | "int" | "float" | "param" | "sign" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As it stands in the statement. */
  readonly text: string;
  /** A name in upper case, a sign itself; empty for all else, so that no text is taken for a keyword. */
  readonly word: string;
  /** A name without backticks, a string without quotes and escapes, a parameter without its @. */
  readonly value: string;
  readonly at: Place;
  /** Offsets in the statement's text. */
  readonly from: number;
  readonly until: number;
}

interface Pattern {
  readonly kind: TokenKind | "space";
  readonly pattern: RegExp;
}

/** The first that matches at a place is the token there. */
const PATTERNS: readonly Pattern[] = [
  { kind: "space", pattern: /(?:\s+|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)/y },
  {
    kind: "string",
    pattern:
      /(?:[rRbB]{0,2})(?:'''(?:\\[\s\S]|(?!''')[^\\])*'''|"""(?:\\[\s\S]|(?!""")[^\\])*"""|'(?:\\[^\n]|[^'\\\n])*'|"(?:\\[^\n]|[^"\\\n])*")/y,
  },
  { kind: "quoted", pattern: /`(?:\\[^\n]|[^`\\\n])+`/y },
  { kind: "float", pattern: /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y },
  { kind: "int", pattern: /0[xX][0-9a-fA-F]+|\d+/y },
  { kind: "param", pattern: /@[A-Za-z_]\w*|@`[^`]+`|\?/y },
  { kind: "name", pattern: /[A-Za-z_]\w*/y },
  { kind: "sign", pattern: /<=|>=|<>|!=|\|\||[-+*/=<>().,;[\]]/y },
];

/** The statement's tokens, comments left out, with one of kind `end` behind them. */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  const places = new Places(sql);
  let from = 0;
  while (from < sql.length) {
    const { kind, text } = match(sql, from, places);
    const isNumber = kind === "int" || kind === "float";
    if (isNumber && /\w/.test(sql[from + text.length] ?? "")) {
      throw syntaxError("Missing whitespace between literal and alias", places.at(from + text.length));
    }
    if (kind !== "space") tokens.push(token(kind, text, { from, at: places.at(from) }));
    from += text.length;
  }
  tokens.push({ kind: "end", text: "", word: "", value: "", at: places.at(from), from, until: from });
  return tokens;
}

function match(sql: string, from: number, places: Places): { readonly kind: Pattern["kind"]; readonly text: string } {
  for (const { kind, pattern } of PATTERNS) {
    pattern.lastIndex = from;
    const [text] = pattern.exec(sql) ?? [];
    if (text !== undefined && text !== "") return { kind, text };
  }
  const sign = sql[from] ?? "";
  if (sign === "'" || sign === '"') throw syntaxError("Unclosed string literal", places.at(from));
  if (sign === "`") throw syntaxError("Unclosed identifier literal", places.at(from));
  throw syntaxError(`Illegal input character "${sign}"`, places.at(from));
}

function token(kind: TokenKind, text: string, { from, at }: Pick<Token, "from" | "at">): Token {
  const place = { at, from, until: from + text.length, text };
  if (kind === "name") return { kind, word: text.toUpperCase(), value: text, ...place };
  if (kind === "sign") return { kind, word: text, value: text, ...place };
  if (kind === "quoted") return { kind, word: "", value: text.slice(1, -1), ...place };
  if (kind === "param") return { kind, word: "", value: text.replace(/^@`?|`$/g, ""), ...place };
  if (kind !== "string") return { kind, word: "", value: text, ...place };
  const { isBytes, value } = unescaped(text, at);
  return { kind: isBytes ? "bytes" : "string", word: "", value, ...place };
}

/** Lines and columns of offsets that only grow. */
class Places {
  readonly #sql: string;
  #offset = 0;
  #line = 1;
  #lineStart = 0;

  constructor(sql: string) {
    this.#sql = sql;
  }

  at(offset: number): Place {
    for (; this.#offset < offset; this.#offset++) {
      if (this.#sql[this.#offset] !== "\n") continue;
      this.#line += 1;
      this.#lineStart = this.#offset + 1;
    }
    return { line: this.#line, column: offset - this.#lineStart + 1 };
  }
}
