import { isIP } from "node:net";
import type { Fault } from "../firmware-config/config/problem.ts";
import { repeated } from "../firmware-config/config/repeated.ts";
import { clientIdOf, storeKey } from "../firmware-config/contract/topics.ts";
import { alertsFaults } from "./alerts/alerts-faults.ts";
import type { BrokerConfig, CloudConfig, HttpConfig, JobsConfig, StoreConfig } from "./config.ts";
import { brokerExposure, httpExposure } from "./exposure.ts";
import { cronFault } from "./jobs/cron.ts";
import { isZoneName, nearestZoneName } from "./zone/rules.ts";

/** What the cloud's configuration must keep beyond its schema. */
export function cloudFaults({ stores, devices, broker, http, jobs, alerts, bus }: CloudConfig): readonly Fault[] {
  return [
    ...repeated(["stores"], stores.map(storeKey)),
    ...repeated(["devices"], devices.map(clientIdOf)),
    ...repeated(
      ["http", "readers"],
      http.readers.map(({ name }) => name),
    ),
    ...stores.flatMap(storeFaults),
    ...brokerFaults(broker),
    ...httpFaults(http),
    ...jobsFaults(jobs),
    ...alertsFaults(alerts),
    ...busFaults(bus),
  ];
}

function storeFaults({ timeZone }: StoreConfig, i: number): readonly Fault[] {
  const text = `not an IANA time zone; the nearest is ${nearestZoneName(timeZone)}`;
  return isZoneName(timeZone) ? [] : [{ path: ["stores", i, "timeZone"], text }];
}

function brokerFaults(broker: BrokerConfig): readonly Fault[] {
  if ((broker.certFile === undefined) !== (broker.keyFile === undefined))
    return [{ path: ["broker"], text: "certFile and keyFile go together" }];
  const text = brokerExposure(broker);
  return text === undefined ? [] : [{ path: ["broker", "host"], text }];
}

function httpFaults(http: HttpConfig): readonly Fault[] {
  const text = httpExposure(http);
  return [...(text === undefined ? [] : [{ path: ["http", "host"], text }]), ...proxyFaults(http)];
}

function proxyFaults({ trustProxy }: HttpConfig): readonly Fault[] {
  const text = "neither an IP address nor a range of them, for example 10.0.0.0/8";
  return trustProxy.flatMap((range, i) => (isRange(range) ? [] : [{ path: ["http", "trustProxy", i], text }]));
}

function isRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

function busFaults(bus: CloudConfig["bus"]): readonly Fault[] {
  if (bus.type === "pubsub" && bus.eventsTopic === bus.topic)
    return [
      {
        path: ["bus", "eventsTopic"],
        text: "must be another topic than that of the devices, or all events go to quarantine",
      },
    ];
  const isSame = bus.type === "pubsub" && bus.deadLetterSubscription === bus.subscription;
  const text = "must be another subscription than the one that ingest reads, or all messages go to quarantine";
  return isSame ? [{ path: ["bus", "deadLetterSubscription"], text }] : [];
}

function jobsFaults({ rollUp, archive, quality }: JobsConfig): readonly Fault[] {
  return Object.entries({ rollUp, archive, quality }).flatMap(([key, expression]) => {
    const text = cronFault(expression);
    return text === undefined ? [] : [{ path: ["jobs", key], text }];
  });
}
