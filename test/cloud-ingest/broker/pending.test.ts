import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { Pending } from "../../../cloud-ingest/broker/pending.ts";

it("names the oldest connection that has not said whose it is, once there are too many", () => {
  const pending = new Pending(2);
  const [a, b, c, d] = [new PassThrough(), new PassThrough(), new PassThrough(), new PassThrough()];
  expect([pending.add(a), pending.add(b)]).toEqual([undefined, undefined]);
  pending.delete(a);
  expect(pending.add(c)).toBeUndefined();
  expect(pending.add(d)).toBe(b);
  expect(pending.count).toBe(3);
});
