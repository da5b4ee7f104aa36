import type { Expression, Ordering } from "./ast.ts";
import type { TokenReader } from "./token-reader.ts";

/** NULL is less than all else, unless NULLS FIRST or LAST is written. */
export function parseOrderBy(parts: { readonly reader: TokenReader; expression(): Expression }): readonly Ordering[] {
  const { reader } = parts;
  reader.expects("ORDER", "BY");
  return reader.list(() => {
    const by = parts.expression();
    const isDescending = reader.acceptsOne("DESC", "ASC") === "DESC";
    const nulls = nullsOf(reader) ?? (isDescending ? "LAST" : "FIRST");
    return { by, isDescending, nulls };
  });
}

function nullsOf(reader: TokenReader): "FIRST" | "LAST" | undefined {
  if (reader.accepts("NULLS", "FIRST")) return "FIRST";
  return reader.accepts("NULLS", "LAST") ? "LAST" : undefined;
}
