/** NUL, which some stores take for an end, and halves of surrogate pairs, which no UTF-8 can hold. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;

/** The text with U+FFFD for each character that a store or a file may not be able to hold. */
export function storable(text: string): string {
  return text.replace(UNSTORABLE, "\uFFFD");
}
