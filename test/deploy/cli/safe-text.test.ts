import { expect, test } from "vitest";
import { payloadText, safeLine, safeText } from "../../../deploy/cli/safe-text.ts";

test.each([
  { name: "an escape sequence", in: "a\u001b[2Jb", out: "a\\u{1b}[2Jb" },
  { name: "its one-byte form", in: "a\u009b2Jb", out: "a\\u{9b}2Jb" },
  { name: "a carriage return that overwrites", in: "bad\rgood", out: "bad\\u{d}good" },
  { name: "turned writing", in: "a\u202eb", out: "a\\u{202e}b" },
  { name: "what is harmless", in: "日本\t語\nü", out: "日本\t語\nü" },
])("$name is safe for a terminal", ({ in: text, out }) => {
  expect(safeText(text)).toBe(out);
});

test("a line is one line of bounded length", () => {
  expect(safeLine("a\n b", 10)).toBe("a b");
  expect(safeLine("x".repeat(200), 20)).toHaveLength(20);
});

test.each([
  {
    name: "JSON in lines, with nothing that steers",
    in: Buffer.from('{"a":"\u0085\\u001b"}'),
    out: '{\n  "a": "\\u{85}\\u001b"\n}',
  },
  { name: "other text as it is", in: Buffer.from("hello"), out: "hello" },
  { name: "other bytes by number", in: Buffer.from([0x68, 0xff, 0x1b, 0x0a]), out: "h\\xff\\x1b\n" },
  { name: "JSON nested without end", in: Buffer.from("[".repeat(30_000) + "]".repeat(30_000)), out: /^\[/ },
])("a payload is shown as $name", ({ in: payload, out }) => {
  expect(payloadText(payload)).toEqual(typeof out === "string" ? out : expect.stringMatching(out));
});
