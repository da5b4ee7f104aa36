import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { CloudConfig } from "../config.ts";
import type { PubSubConfig } from "../pubsub/pubsub-config.ts";
import { ALL_ROLES, type Role } from "../roles.ts";
import type { BigQueryConfig } from "../warehouse/bigquery/bigquery-config.ts";
import type { PlannedStep } from "./bigquery.ts";
import type { Finding } from "./finding.ts";
import { publishes, type RowTakers, usesBus, usesWarehouse } from "./rights.ts";

/** What asking the services of the configuration came to. */
export interface OnlineReport {
  readonly findings: readonly Finding[];
  /** What the next migration of the warehouse would do. */
  readonly plan: readonly PlannedStep[];
}

export interface OnlineQuestion {
  readonly config: Pick<CloudConfig, "bus" | "warehouse"> & RowTakers;
  readonly clock: Clock;
  /** Which parts the account of this process will run; default all. */
  readonly roles?: ReadonlySet<Role>;
}

/**
 * Asks Google all that the roles need of the configuration and tells everything that is wrong at once. Changes nothing; drivers of this
 * machine are not asked.
 */
export async function askOnline({ config, clock, roles = ALL_ROLES }: OnlineQuestion): Promise<OnlineReport> {
  const needed = neededOf(config, roles);
  if (!needed.bus && !needed.warehouse) return { findings: [], plan: [] };
  const { askNetwork } = await import("./network.ts");
  const { findings, silent } = await askNetwork(hostsOf(needed), clock);
  const credentials = await missingCredentials(needed, silent.size === 0);
  if (credentials) return { findings: [...findings, credentials], plan: [] };
  const services = await askServices(withoutSilent(needed, silent), { roles, publishes: publishes(config, roles) });
  return { ...services, findings: once([...findings, ...services.findings]) };
}

/** Whom it is asked for. */
export interface Asker {
  readonly roles: ReadonlySet<Role>;
  /** Something of it is published to the topic. */
  readonly publishes: boolean;
}

/** What is not on this machine and what some of the roles use. */
interface Needed {
  readonly bus: PubSubConfig | undefined;
  readonly warehouse: BigQueryConfig | undefined;
}

function neededOf(config: OnlineQuestion["config"], roles: ReadonlySet<Role>): Needed {
  const { bus, warehouse } = config;
  return {
    bus: bus.type === "pubsub" && usesBus(config, roles) ? bus : undefined,
    warehouse: warehouse.type === "bigquery" && usesWarehouse(roles) ? warehouse : undefined,
  };
}

async function askServices({ bus, warehouse }: Needed, asker: Asker): Promise<OnlineReport> {
  const { roles } = asker;
  const [ofBus, ofWarehouse] = await Promise.all([
    bus ? import("./pubsub.ts").then(({ askPubSub }) => askPubSub(bus, asker)) : [],
    warehouse
      ? import("./bigquery.ts").then(({ askBigQuery }) => askBigQuery(warehouse, roles))
      : { findings: [], plan: [] },
  ]);
  return { findings: [...ofBus, ...ofWarehouse.findings], plan: ofWarehouse.plan };
}

/** An emulator asks for none. */
async function missingCredentials({ bus, warehouse }: Needed, isReached: boolean): Promise<Finding | undefined> {
  if (![bus, warehouse].some((one) => one && one.emulator === undefined)) return undefined;
  const { credentialsFinding } = await import("./google-credentials.ts");
  return credentialsFinding({ isReached });
}

const google = (name: string) => `https://${name}.googleapis.com/`;

/** BigQuery's REST API. */
const restOf = ({ emulator }: BigQueryConfig) => (emulator ? `http://${emulator.rest}/` : google("bigquery"));

/** Emulators speak gRPC, but for BigQuery's REST API. */
function hostsOf({ bus, warehouse }: Needed): readonly string[] {
  return [
    ...(warehouse ? [restOf(warehouse)] : []),
    ...(warehouse && !warehouse.emulator ? [google("bigquerystorage")] : []),
    ...(bus && bus.emulator === undefined ? [google("pubsub")] : []),
  ];
}

/** Who does not answer is not asked any more: each question would take its time. */
function withoutSilent({ bus, warehouse }: Needed, silent: ReadonlySet<string>): Needed {
  return {
    bus: silent.has(google("pubsub")) ? undefined : bus,
    warehouse: warehouse && silent.has(restOf(warehouse)) ? undefined : warehouse,
  };
}

/** Several questions may meet the same trouble. */
function once(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((one) => [one.text, one])).values()];
}
