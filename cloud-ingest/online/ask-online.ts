import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { CloudConfig } from "../config.ts";
import { ALL_ROLES, type Role } from "../roles.ts";
import type { PlannedStep } from "./bigquery.ts";
import type { Finding } from "./finding.ts";

/** What asking the services of the configuration came to. */
export interface OnlineReport {
  readonly findings: readonly Finding[];
  /** What the next migration of the warehouse would do. */
  readonly plan: readonly PlannedStep[];
}

export interface OnlineQuestion {
  readonly config: Pick<CloudConfig, "bus" | "warehouse">;
  readonly clock: Clock;
  /** Which parts the account of this process will run; default all. */
  readonly roles?: ReadonlySet<Role>;
}

/** True where bus or warehouse are not on this machine. */
export function isOnline({ bus, warehouse }: OnlineQuestion["config"]): boolean {
  return bus.type === "pubsub" || warehouse.type === "bigquery";
}

/** Asks Google all that the configuration needs and tells everything that is wrong at once. Changes nothing; drivers of this machine are not asked. */
export async function askOnline({ config, clock, roles = ALL_ROLES }: OnlineQuestion): Promise<OnlineReport> {
  if (!isOnline(config)) return { findings: [], plan: [] };
  const { networkFindings } = await import("./google-clock.ts");
  const [network, services] = await Promise.all([networkFindings(hostsOf(config), clock), askServices(config, roles)]);
  return { ...services, findings: once([...network, ...services.findings]) };
}

async function askServices(config: OnlineQuestion["config"], roles: ReadonlySet<Role>): Promise<OnlineReport> {
  const { bus, warehouse } = config;
  const credentials = needsCredentials(config) ? await missingCredentials() : undefined;
  if (credentials) return { findings: [credentials], plan: [] };
  const [ofBus, ofWarehouse] = await Promise.all([
    bus.type === "pubsub" ? import("./pubsub.ts").then(({ askPubSub }) => askPubSub(bus, roles)) : [],
    warehouse.type === "bigquery"
      ? import("./bigquery.ts").then(({ askBigQuery }) => askBigQuery(warehouse, roles))
      : { findings: [], plan: [] },
  ]);
  return { findings: [...ofBus, ...ofWarehouse.findings], plan: ofWarehouse.plan };
}

async function missingCredentials(): Promise<Finding | undefined> {
  const { credentialsFinding } = await import("./google-credentials.ts");
  return credentialsFinding();
}

function needsCredentials({ bus, warehouse }: OnlineQuestion["config"]): boolean {
  const isAsked = [bus.type === "pubsub" && bus, warehouse.type === "bigquery" && warehouse];
  return isAsked.some((one) => one && one.emulator === undefined);
}

function hostsOf({ bus, warehouse }: OnlineQuestion["config"]): readonly string[] {
  const google = (name: string) => `https://${name}.googleapis.com/`;
  const ofWarehouse = () => {
    if (warehouse.type !== "bigquery") return [];
    return warehouse.emulator
      ? [`http://${warehouse.emulator.rest}/`]
      : [google("bigquery"), google("bigquerystorage")];
  };
  // An emulator of Pub/Sub speaks gRPC alone.
  const ofBus = bus.type === "pubsub" && bus.emulator === undefined ? [google("pubsub")] : [];
  return [...ofWarehouse(), ...ofBus];
}

/** Several questions may meet the same trouble. */
function once(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((one) => [one.text, one])).values()];
}
