import { describe, expect, test } from "vitest";
import {
  addressKind,
  guardedLookup,
  type Resolve,
  refuseAddress,
} from "../../../../cloud-ingest/alerts/sinks/address.ts";

describe("where a call may go", () => {
  test.each([
    ["8.8.8.8", "public"],
    ["2606:4700:4700::1111", "public"],
    ["::ffff:8.8.8.8", "public"],
    ["64:ff9b::808:808", "public"],
    ["127.0.0.1", "private"],
    ["10.1.2.3", "private"],
    ["172.31.255.255", "private"],
    ["192.168.0.1", "private"],
    ["100.64.0.1", "private"],
    ["::1", "private"],
    ["fd00::1", "private"],
    ["::ffff:10.0.0.1", "private"],
    ["::ffff:7f00:1", "private"],
    ["64:ff9b::7f00:1", "private"],
    ["64:ff9b::a00:1", "private"],
    ["169.254.169.254", "nobody"],
    ["::ffff:169.254.169.254", "nobody"],
    ["64:ff9b::a9fe:a9fe", "nobody"],
    ["0.0.0.0", "nobody"],
    ["::", "nobody"],
    ["::127.0.0.1", "nobody"],
    ["::ffff:0:127.0.0.1", "nobody"],
    ["fec0::1", "nobody"],
    ["3fff::1", "nobody"],
    ["5f00::1", "nobody"],
    ["fe80::1", "nobody"],
    ["224.0.0.1", "nobody"],
    ["255.255.255.255", "nobody"],
    ["2002:7f00:1::", "nobody"],
    ["2001:0:7f00:1::", "nobody"],
    ["not an address", "nobody"],
  ])("%s is %s", (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  const PUBLIC_ONLY = { allowPrivate: false, isPlain: false };
  const OWN = { allowPrivate: true, isPlain: true };

  test.each([
    { name: "[::1]", rule: PUBLIC_ONLY, fault: /private/ },
    { name: "169.254.169.254", rule: OWN, fault: /no receiver/ },
    { name: "8.8.8.8", rule: OWN, fault: /without TLS/ },
    { name: "127.0.0.1", rule: OWN, fault: undefined },
    { name: "hooks.example.com", rule: PUBLIC_ONLY, fault: undefined },
  ])("$name in an address itself", ({ name, rule, fault }) => {
    if (fault) expect(() => refuseAddress(name, rule)).toThrow(fault);
    else refuseAddress(name, rule);
  });

  /** What is connected to, or why nothing is. */
  const connectsTo = (addresses: readonly string[], all: boolean) => {
    const resolve: Resolve = (_name, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    return new Promise<unknown>((done) => {
      guardedLookup(PUBLIC_ONLY, resolve)("hooks.example.com", { all }, (error, found) =>
        done(error?.message ?? found),
      );
    });
  };

  test("a name leads to its public addresses alone, whatever else it has", async () => {
    expect(await connectsTo(["127.0.0.1", "8.8.8.8"], false)).toBe("8.8.8.8");
    expect(await connectsTo(["10.0.0.1", "8.8.8.8", "::1"], true)).toEqual([{ address: "8.8.8.8", family: 4 }]);
    expect(await connectsTo(["10.0.0.1"], true)).toMatch(/private/);
    expect(await connectsTo([], false)).toMatch(/no address/);
  });
});
