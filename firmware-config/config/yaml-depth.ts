import { Lexer } from "yaml";

/** Deeper than any configuration of ours; yaml's parser and V8 fail in ways of their own some hundred levels further down. */
export const MOST_LEVELS = 64;

/** Lexemes that stand for no text: begin of a document, unexpected end of a flow collection, begin of a scalar. */
const MARKS: ReadonlySet<string> = new Set(["\x02", "\x18", "\x1f"]);
const INDICATORS: ReadonlySet<string> = new Set(["-", "?", ":"]);

/**
 * Where a YAML text first goes deeper than `MOST_LEVELS`, as an offset; undefined when it never does. Reads lexemes one after the
 * other and recurses nowhere. A list at its key's own column is taken as one level with it.
 */
export function tooDeepAt(text: string): number | undefined {
  const depth = new Depth();
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (depth.add(lexeme) > MOST_LEVELS) return offset;
    if (!MARKS.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

class Depth {
  /** Columns of the block collections that are open. */
  readonly #blocks: number[] = [];
  #flows = 0;
  #column = 0;
  /** Of the node that a ":" would make a key. */
  #nodeColumn: number | undefined;

  add(lexeme: string): number {
    if (lexeme === "\x18") this.#flows = 0;
    if (MARKS.has(lexeme)) return this.#depth;
    if (lexeme === "[" || lexeme === "{") this.#flows++;
    else if (lexeme === "]" || lexeme === "}") this.#flows = Math.max(0, this.#flows - 1);
    else if (this.#flows === 0) this.#addBlock(lexeme);
    this.#move(lexeme);
    return this.#depth;
  }

  get #depth(): number {
    return this.#blocks.length + this.#flows;
  }

  #addBlock(lexeme: string): void {
    if (INDICATORS.has(lexeme)) {
      this.#open(lexeme === ":" ? (this.#nodeColumn ?? this.#column) : this.#column);
      this.#nodeColumn = undefined;
    } else if (/^[^\s#]/.test(lexeme)) this.#nodeColumn ??= this.#column;
  }

  #open(column: number): void {
    while ((this.#blocks.at(-1) ?? -1) > column) this.#blocks.pop();
    if (this.#blocks.at(-1) !== column) this.#blocks.push(column);
  }

  #move(lexeme: string): void {
    const end = lexeme.lastIndexOf("\n");
    if (end >= 0) this.#nodeColumn = undefined;
    this.#column = end >= 0 ? lexeme.length - end - 1 : this.#column + lexeme.length;
  }
}
