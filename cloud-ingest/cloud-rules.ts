import type { Fault } from "../firmware-config/config/problem.ts";
import { repeated } from "../firmware-config/config/repeated.ts";
import { clientIdOf } from "../firmware-config/contract/topics.ts";
import type { BrokerConfig, CloudConfig, HttpConfig, JobsConfig, StoreConfig } from "./config.ts";
import { cronFault } from "./jobs/cron.ts";
import { isLoopback } from "./loopback.ts";

/** What the cloud's configuration must keep beyond its schema. */
export function cloudFaults({ stores, devices, broker, http, jobs }: CloudConfig): readonly Fault[] {
  return [
    ...repeated(
      ["stores"],
      stores.map(({ tenant, store }) => `${tenant}/${store}`),
    ),
    ...repeated(["devices"], devices.map(clientIdOf)),
    ...repeated(
      ["http", "readers"],
      http.readers.map(({ name }) => name),
    ),
    ...stores.flatMap(storeFaults),
    ...brokerFaults(broker),
    ...httpFaults(http),
    ...jobsFaults(jobs),
  ];
}

function storeFaults({ timeZone }: StoreConfig, i: number): readonly Fault[] {
  const text = "not an IANA time zone, for example Asia/Tokyo";
  return isTimeZone(timeZone) ? [] : [{ path: ["stores", i, "timeZone"], text }];
}

function brokerFaults({ host, certFile, keyFile, allowPlaintext }: BrokerConfig): readonly Fault[] {
  if ((certFile === undefined) !== (keyFile === undefined))
    return [{ path: ["broker"], text: "certFile and keyFile go together" }];
  if (certFile !== undefined || allowPlaintext || isLoopback(host)) return [];
  const text =
    "tokens would go to the network in clear text; give certFile and keyFile, or set allowPlaintext: true on a network that is yours alone";
  return [{ path: ["broker", "host"], text }];
}

function httpFaults({ host, readers }: HttpConfig): readonly Fault[] {
  if (readers.length > 0 || isLoopback(host)) return [];
  return [{ path: ["http", "host"], text: "anybody on the network could read the dashboards; give readers" }];
}

function jobsFaults({ rollUp, archive }: JobsConfig): readonly Fault[] {
  return Object.entries({ rollUp, archive }).flatMap(([key, expression]) => {
    const text = cronFault(expression);
    return text === undefined ? [] : [{ path: ["jobs", key], text }];
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
