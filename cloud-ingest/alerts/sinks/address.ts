import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

// Ranges of RFC 6890 and the registries that it names.

/** Networks of one's own: reached only where the configuration says so. */
const PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const PRIVATE_6 = ["::1/128", "fc00::/7"];
/** No receiver is there: this network, link-local (where clouds keep their credentials), documentation, multicast, reserved. */
const NOBODY = [
  ...["0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"],
  ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
];
const NOBODY_6 = [
  // IPv4 in the forms that were given up or belong to translators: what they lead to is for the network to say.
  "::/96",
  "::ffff:0:0:0/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fe80::/10",
  // Site-local, of before fc00::/7.
  "fec0::/10",
  "ff00::/8",
];
/** IPv4 behind a translator: what holds for the address within holds for it. */
const NAT64 = "64:ff9b::";
const NAT64_BITS = 96;

const privateRanges = listOf(PRIVATE, PRIVATE_6);
const nobodyRanges = listOf(NOBODY, NOBODY_6);

function listOf(v4: readonly string[], v6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of v4) {
    const [net = "", bits = ""] = range.split("/");
    list.addSubnet(net, Number(bits), "ipv4");
    const [a = 0, b = 0, c = 0, d = 0] = net.split(".").map(Number);
    const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
    list.addSubnet(`${NAT64}${high}:${low}`, NAT64_BITS + Number(bits), "ipv6");
  }
  for (const range of v6) {
    const [net = "", bits = ""] = range.split("/");
    list.addSubnet(net, Number(bits), "ipv6");
  }
  return list;
}

export type AddressKind = "public" | "private" | "nobody";

/** What an IP address is; IPv4 written as IPv6 is what it is in IPv4. */
export function addressKind(address: string): AddressKind {
  const family = { 4: "ipv4", 6: "ipv6" } as const;
  const version = isIP(address);
  if (version !== 4 && version !== 6) return "nobody";
  // First: ::1 lies in a range of nobody.
  if (privateRanges.check(address, family[version])) return "private";
  return nobodyRanges.check(address, family[version]) ? "nobody" : "public";
}

/** Where a call may go. */
export interface AddressRule {
  /** True where the configuration allows networks of one's own. */
  readonly allowPrivate: boolean;
  /** True for what must not cross a network of others, such as HTTP without TLS. */
  readonly isPlain: boolean;
}

/** Why a call must not go to the address; undefined when it may. */
export function addressFault(address: string, { allowPrivate, isPlain }: AddressRule): string | undefined {
  const kind = addressKind(address);
  if (kind === "nobody") return "leads to an address that no receiver has";
  if (kind === "private") return allowPrivate ? undefined : "leads to a private address; allowPrivate is not set";
  return isPlain ? "would cross the internet without TLS" : undefined;
}

export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for `net.connect` that gives only addresses which may be called: the address that was looked at is the one that is
 * connected to, so that a name which changes between a check and a call gains nothing.
 */
export function guardedLookup(rule: AddressRule, resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const good = found.filter(({ address }) => addressFault(address, rule) === undefined);
      const [first] = good;
      if (!first) return callback(refusal(found, rule), []);
      if (options.all) return callback(null, good);
      return callback(null, first.address, first.family);
    });
  };
}

/** An address in the URL itself is never looked up. Throws when it must not be called. */
export function refuseAddress(hostname: string, rule: AddressRule): void {
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) === 0) return;
  const fault = addressFault(address, rule);
  if (fault !== undefined) throw new Error(`it ${fault}`);
}

function refusal(found: readonly LookupAddress[], rule: AddressRule): Error {
  const [fault] = found.map(({ address }) => addressFault(address, rule));
  return new Error(`its name ${fault ?? "has no address"}`);
}
