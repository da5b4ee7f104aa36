import { EventEmitter } from "node:events";
import type { Client } from "aedes";

const MAX_QOS = 1;

/**
 * Cuts the QoS that a client asks for in SUBSCRIBE to 1 (MQTT 3.1.1, 3.8.4 lets a server grant less). aedes answers with what was asked for,
 * whatever `authorizeSubscribe` makes of it, so the packet is changed before aedes' own listener sees it.
 */
export function grantAtMostQos1(client: Client): void {
  const parser: unknown = Reflect.get(client, "_parser");
  if (parser instanceof EventEmitter) parser.prependListener("packet", cutQos);
}

function cutQos(packet: unknown): void {
  if (typeof packet !== "object" || packet === null || !("subscriptions" in packet)) return;
  const { subscriptions } = packet;
  if (!Array.isArray(subscriptions)) return;
  for (const one of subscriptions) if (one.qos > MAX_QOS) one.qos = MAX_QOS;
}
