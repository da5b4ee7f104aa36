import { catalogOf, type Tables } from "./googlesql/catalog.ts";
import { decode, encode } from "./googlesql/messages.ts";
import { type GoogleSql, googleSql } from "./googlesql/service.ts";

const ERROR_MESSAGE_ONE_LINE = 1;

/** Looks up each table, column, function and type that statements name, as BigQuery does before it runs them. */
export class SqlAnalyzer {
  readonly #google: GoogleSql;
  readonly #catalogId: unknown;

  private constructor(google: GoogleSql, catalogId: unknown) {
    this.#google = google;
    this.#catalogId = catalogId;
  }

  static async of(tables: Tables): Promise<SqlAnalyzer> {
    const google = await googleSql();
    const simpleCatalog = { ...catalogOf(tables), builtinFunctionOptions: { languageOptions: google.language } };
    const answer = google.service.call("RegisterCatalog", encode("RegisterCatalogRequest", { simpleCatalog }));
    return new SqlAnalyzer(google, decode("RegisterResponse", answer).registeredId);
  }

  /** Takes statements one after another, none of a script's own (DECLARE, IF); throws the analyzer's message for the first bad one. */
  check(sql: string): void {
    const end = Buffer.byteLength(sql.trimEnd());
    for (let position = 0; position < end; position = this.#checkNext(sql, position));
  }

  /** Where the statement at `position` ends, in bytes. */
  #checkNext(sql: string, position: number): number {
    const options = {
      ...{ languageOptions: this.#google.language, errorMessageMode: ERROR_MESSAGE_ONE_LINE },
      // A parameter has the type that its place asks for.
      ...{ defaultTimezone: "UTC", allowUndeclaredParameters: true },
    };
    const parseResumeLocation = { input: sql, bytePosition: position, allowResume: true };
    const request = { options, registeredCatalogId: this.#catalogId, parseResumeLocation };
    const answer = this.#google.service.call("Analyze", encode("AnalyzeRequest", request));
    const { resumeBytePosition } = decode("AnalyzeResponse", answer);
    if (typeof resumeBytePosition !== "number") throw new Error("The analyzer did not say where the statement ends");
    return resumeBytePosition;
  }
}
