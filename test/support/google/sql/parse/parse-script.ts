import { beyondSubset } from "../sql-error.ts";
import { DdlParser } from "./ddl-parser.ts";
import { DmlParser } from "./dml-parser.ts";
import { QueryParser } from "./query-parser.ts";
import type { StatementNode } from "./statements.ts";
import { TokenReader } from "./token-reader.ts";

/** The statements of a job's text; throws for the first that is none. */
export function parseScript(sql: string): readonly StatementNode[] {
  const reader = new TokenReader(sql);
  const statements: StatementNode[] = [];
  while (!reader.isAtEnd) {
    statements.push(parseStatement(reader));
    if (!reader.accepts(";") && !reader.isAtEnd) throw reader.unexpected("Expected end of input");
  }
  if (statements.length === 0) throw reader.unexpected();
  return statements;
}

/** One query, such as a view's. */
export function parseQuery(sql: string): Extract<StatementNode, { readonly kind: "query" }> {
  const [only, ...more] = parseScript(sql);
  if (only?.kind !== "query" || more.length > 0) throw beyondSubset("a view that is no single query");
  return only;
}

function parseStatement(reader: TokenReader): StatementNode {
  const { at } = reader.token;
  const queries = new QueryParser(reader);
  if (reader.sees("SELECT") || reader.sees("WITH") || reader.sees("(")) return queries.query();
  const word = reader.acceptsOne("BEGIN", "COMMIT", "ROLLBACK");
  if (word) return { kind: "transaction", word: transactionWord(reader, word), at };
  const found = new DmlParser(queries).statement() ?? new DdlParser(queries).statement();
  if (found) return found;
  const isKnown = KNOWN.has(reader.token.word);
  throw isKnown ? beyondSubset(reader.token.text, at) : reader.unexpected();
}

/** Statements of BigQuery that are none here. */
const KNOWN = new Set(
  "DECLARE SET IF LOOP WHILE FOR CALL EXECUTE ASSERT TRUNCATE EXPORT LOAD GRANT REVOKE CREATE ALTER DROP CASE FROM".split(
    " ",
  ),
);

/** BEGIN alone begins a block. */
function transactionWord(reader: TokenReader, word: string): "BEGIN" | "COMMIT" | "ROLLBACK" {
  if (!reader.accepts("TRANSACTION") && !reader.sees(";") && !reader.isAtEnd) {
    throw reader.unknown(`${word} ${reader.token.text}`);
  }
  if (word === "COMMIT" || word === "ROLLBACK") return word;
  return "BEGIN";
}
