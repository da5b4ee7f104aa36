import { expect, test } from "vitest";
import { safeLine, safeText } from "../../../firmware-config/kit/safe-text.ts";

test.each([
  { name: "an escape sequence", in: "a\u001b[2Jb", out: "a\\u001b[2Jb" },
  { name: "its one-byte form", in: "a\u009b2Jb", out: "a\\u009b2Jb" },
  { name: "a carriage return that overwrites", in: "bad\rgood", out: "bad\\u000dgood" },
  { name: "turned writing", in: "a\u202eb", out: "a\\u202eb" },
  { name: "a mark that takes two units", in: "a\u{e0041}", out: "a\\udb40\\udc41" },
  { name: "what is harmless", in: "日本\t語\nü", out: "日本\t語\nü" },
])("$name is safe for a terminal", ({ in: text, out }) => {
  expect(safeText(text)).toBe(out);
});

test("a line is one line of bounded length", () => {
  expect(safeLine("a\n b", 10)).toBe("a b");
  expect(safeLine("x".repeat(200), 20)).toHaveLength(20);
});

test("JSON stays the same JSON", () => {
  const value = { topic: "a\u009b\u202e\u{e0041}\u200d\u0000 \\u001b" };
  expect(JSON.parse(safeText(JSON.stringify(value, null, 2)))).toEqual(value);
});
