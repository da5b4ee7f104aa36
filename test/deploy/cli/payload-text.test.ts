import { expect, test } from "vitest";
import { payloadText } from "../../../deploy/cli/payload-text.ts";

test.each([
  {
    name: "JSON in lines, with nothing that steers",
    in: Buffer.from('{"a":"\u0085\\u001b"}'),
    out: '{\n  "a": "\\u0085\\u001b"\n}',
  },
  { name: "other text as it is", in: Buffer.from("hello"), out: "hello" },
  { name: "other bytes by number", in: Buffer.from([0x68, 0xff, 0x1b, 0x0a]), out: "h\\xff\\x1b\n" },
  { name: "JSON nested without end", in: Buffer.from("[".repeat(30_000) + "]".repeat(30_000)), out: /^\[/ },
])("a payload is shown as $name", ({ in: payload, out }) => {
  expect(payloadText(payload)).toEqual(typeof out === "string" ? out : expect.stringMatching(out));
});
