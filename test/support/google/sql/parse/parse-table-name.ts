import type { TokenReader } from "./token-reader.ts";

/** The parts of a table's name, whole or each in backticks; a project's dashes need none. */
export function parseTableName(reader: TokenReader): readonly string[] {
  const parts = partsOf(reader, reader.name());
  while (reader.accepts(".")) parts.push(...reader.anyName().split("."));
  return parts;
}

function partsOf(reader: TokenReader, first: string): string[] {
  let name = first;
  while (reader.sees("-") && reader.ahead(1).from === reader.token.until) {
    reader.take();
    name += `-${reader.take().text}`;
  }
  return name.split(".");
}
