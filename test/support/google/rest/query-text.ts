/** The statement without comments, and with texts in quotes emptied; names in backticks stay. */
export function withoutTexts(sql: string): string {
  return sql.replace(/`[^`]*`|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g, (found) => {
    if (found.startsWith("`")) return found;
    return /^['"]/.test(found) ? "''" : " ";
  });
}

/** The statement's first word, with the second where it takes two: SELECT, INSERT, MERGE, CREATE_TABLE. */
export function statementType(sql: string): string {
  const [first = "", second = ""] = withoutTexts(sql).trim().toUpperCase().split(/\s+/);
  if (first === "WITH" || first.startsWith("(")) return "SELECT";
  return ["CREATE", "DROP", "ALTER"].includes(first) ? `${first}_${second}` : first;
}

const NAME = "`[^`]+`|[\\w-]+(?:\\.[\\w-]+)*";
const READ = new RegExp(`\\b(?:FROM|JOIN|UPDATE|USING|MERGE(?:\\s+INTO)?)\\s+(${NAME})|,\\s*(\`[^\`]+\`)`, "gi");
const WRITTEN = new RegExp(`\\b(?:INTO|TABLE|VIEW)\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(${NAME})`, "gi");

/** Names of tables that the statement reads, and of those that it only writes, as they stand in it. */
export function tableNames(sql: string): { readonly read: readonly string[]; readonly written: readonly string[] } {
  const text = withoutTexts(sql);
  const read = [...text.matchAll(READ)].map(([, one, other]) => plain(one ?? other ?? ""));
  const written = [...text.matchAll(WRITTEN)].map(([, one]) => plain(one ?? ""));
  return { read: [...new Set(read)], written: [...new Set(written)] };
}

const LITERAL =
  "(?:''|@\\w+|\\?|-?\\d|(?:DATE|TIMESTAMP|DATETIME)\\s*(?:''|\\(\\s*(?:''|@\\w+|\\?|\\d))|CAST\\s*\\(\\s*(?:''|@\\w+))";

/** True when the statement compares the column itself with a literal or a parameter. */
export function boundsColumn(sql: string, column: string): boolean {
  const name = `(?:\\b|\`)${column}\`?`;
  const compared = `${name}\\s*(?:>=|<=|=|>|<|\\bBETWEEN\\b|\\bIN\\s*(?:\\(|UNNEST\\s*\\())\\s*${LITERAL}`;
  const reversed = `(?:''|@\\w+|\\?)\\s*\\)?\\s*(?:>=|<=|=|>|<)\\s*(?:\\w+\\.)?${name}`;
  return new RegExp(`${compared}|${reversed}`, "i").test(withoutTexts(sql));
}

function plain(name: string): string {
  return name.replaceAll("`", "");
}
