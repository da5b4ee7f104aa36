import { expect, test } from "vitest";
import { visibleText } from "../../../firmware-config/kit/visible-text.ts";

test.each([
  { name: "turned round", text: "in\u202Etuo", shown: "intuo" },
  { name: "isolates and marks", text: "\u2066a\u2069\u200E\u200F\u061C", shown: "a" },
  { name: "zero width", text: "do\u200Bor\u2060\uFEFF", shown: "door" },
  { name: "soft hyphen and tags", text: "do\u00ADor\u{E0041}", shown: "door" },
  { name: "control characters", text: "a\u0000b\u001B[31mc\u009D", shown: "ab[31mc" },
  { name: "line ends and tabs stay", text: "a\tb\r\nc", shown: "a\tb\r\nc" },
  { name: "joiners stay", text: "👨‍👩‍👧 می‌خواهم", shown: "👨‍👩‍👧 می‌خواهم" },
  { name: "right-to-left letters stay", text: "כניסה ראשית", shown: "כניסה ראשית" },
])("$name", ({ text, shown }) => expect(visibleText(text)).toBe(shown));
