import { storable } from "./storable.ts";

/** JSON can escape what no UTF-8 and no store can hold; only then is the text looked through. Throws for what is no JSON. */
export function jsonOf(text: string): unknown {
  // Nearly no text has an escape like this, and to look for two characters takes a fraction of the time.
  if (!text.includes("\\u") || !/\\u(?:d[89a-f]|0000)/i.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value: unknown) => (typeof value === "string" ? storable(value) : value));
}
