import { isIP, isIPv6 } from "node:net";
import type { FastifyRequest } from "fastify";

/** Who a limit counts: the client's address; a proxy that is trusted may name any text, which then does not count. */
export function clientAddress({ ip, raw }: FastifyRequest): string {
  return networkOf(isIP(ip) === 0 ? (raw.socket.remoteAddress ?? "") : ip);
}

/** One subscriber: an IPv4 address, or the /64 of IPv6, of which every subscriber has at least one (RFC 6177). */
export function networkOf(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(":")}::/64` : address;
}

function groupsOf(address: string): readonly string[] {
  const [head = "", tail] = address.split("%", 1).join().split("::");
  const [before, after] = [head, tail ?? ""].map((part) => part.split(":").filter((group) => group !== ""));
  const missing = tail === undefined ? 0 : Math.max(0, 8 - (before?.length ?? 0) - (after?.length ?? 0));
  const groups = [...(before ?? []), ...new Array<string>(missing).fill("0"), ...(after ?? [])];
  return groups.map((group) => Number.parseInt(group, 16).toString(16));
}
