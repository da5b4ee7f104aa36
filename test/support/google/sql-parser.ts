import { encode } from "./googlesql/messages.ts";
import { googleSql } from "./googlesql/service.ts";

/** Resolves where the text is a statement or a script by Google's own grammar; else throws its message. Names are not looked up. */
export async function parseGoogleSql(sql: string): Promise<void> {
  const { service, language } = await googleSql();
  service.call("Parse", encode("ParseRequest", { sqlStatement: sql, options: language, allowScript: true }));
}
