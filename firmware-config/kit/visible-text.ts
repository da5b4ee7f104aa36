/**
 * Marks that turn the direction of a text, or that nobody sees (Unicode TR 36, "Bidirectional Text Spoofing" and
 * "Syntax Spoofing"), and control characters but tab and line ends. The joiners U+200C and U+200D stay: Persian, Indic
 * scripts and emoji need them.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/** A text from outside without what would show it as another: a name must not turn round or hide what stands beside it. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, "");
}
