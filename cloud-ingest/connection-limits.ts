import type { Log } from "../firmware-config/kit/log.ts";
import { BROKER_LIMITS, type BrokerLimits } from "./broker/listener.ts";
import { SERVER_LIMITS } from "./server/limited-server.ts";

/** For the files of inbox and warehouse and what programs have open; half of all where there are fewer than twice as many. */
const FILES = 256;
/** Devices first: they come one by one and stay, a browser comes again. */
const HTTP_SHARE = 1 / 4;

export interface ConnectionLimits {
  readonly broker: BrokerLimits;
  readonly http: { readonly total: number };
}

/** How many connections broker and server may have, so that together they leave `openFiles` room for files. */
export function connectionLimits(openFiles = Number.POSITIVE_INFINITY): ConnectionLimits {
  const room = Math.max(0, openFiles - Math.min(FILES, Math.floor(openFiles / 2)));
  const total = Math.max(1, Math.min(SERVER_LIMITS.total, Math.floor(room * HTTP_SHARE)));
  const connections = Math.max(2, Math.min(BROKER_LIMITS.connections, room - total));
  // Less than all, or strangers alone would fill the broker.
  const strangers = Math.min(BROKER_LIMITS.strangers, Math.floor(connections / 2));
  return { broker: { connections, strangers }, http: { total } };
}

/** Warns when that is less than so many devices and the usual strangers and browsers may need. */
export function sayLimits({ broker, http }: ConnectionLimits, devices: number, { log, openFiles }: Said): void {
  const needed = Math.min(BROKER_LIMITS.connections, devices + BROKER_LIMITS.strangers);
  if (broker.connections >= needed && http.total >= SERVER_LIMITS.total) return;
  const taken = { openFiles, brokerConnections: broker.connections, httpConnections: http.total, devices };
  const hint = "Raise it: ulimit -n, or LimitNOFILE of the systemd unit.";
  log.warn({ ...taken, hint }, "the limit of open files allows fewer connections than the configuration");
}

interface Said {
  readonly log: Log;
  readonly openFiles: number | undefined;
}
