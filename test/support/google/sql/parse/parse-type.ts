import type { TypeName } from "./ast.ts";
import type { TokenReader } from "./token-reader.ts";

/** Reads a type's name; whether there is such a type is not looked at. */
export function parseType(reader: TokenReader): TypeName {
  if (reader.accepts("ARRAY")) return { name: "ARRAY", of: inAngles(reader, () => parseType(reader)) };
  if (reader.accepts("STRUCT")) {
    const fields = inAngles(reader, () => reader.list(() => ({ name: reader.name(), type: parseType(reader) })));
    return { name: "STRUCT", fields };
  }
  const name = reader.name().toUpperCase();
  if (reader.sees("(")) throw reader.unknown(`parameters of type ${name}`);
  return { name };
}

function inAngles<Item>(reader: TokenReader, read: () => Item): Item {
  reader.expects("<");
  const item = read();
  reader.expects(">");
  return item;
}
