import type { KeywordDefinition } from "ajv";
import Type from "typebox";

/** The JSON Schema keyword that lists an open word's known values. */
const KEYWORD = "knownWords";

/** A word of a list that will grow: producers send these only, readers take any short text, so that devices may be newer. */
export function openWord(known: readonly string[], description: string) {
  return Type.String({ minLength: 1, maxLength: 64, [KEYWORD]: known, description });
}

/** Makes Ajv refuse other words (a producer) or take them (a reader). */
export function openWordKeyword(isProducer: boolean): KeywordDefinition {
  return {
    keyword: KEYWORD,
    type: "string",
    schemaType: "array",
    validate: (known: readonly string[], word: string) => !isProducer || known.includes(word),
    error: { message: "must be a known word" },
  };
}
