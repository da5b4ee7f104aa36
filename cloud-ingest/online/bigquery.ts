import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Role } from "../roles.ts";
import { BigQueryClient } from "../warehouse/bigquery/big-query-client.ts";
import type { BigQueryConfig } from "../warehouse/bigquery/bigquery-config.ts";
import { bigQueryError } from "../warehouse/bigquery/bigquery-error.ts";
import { planMigration } from "../warehouse/bigquery/migration.ts";
import { TABLES } from "../warehouse/bigquery/tables.ts";
import { disabled, type Finding, good, note, refused, wrong } from "./finding.ts";
import { googleCodeOf, NOT_ASKED, UNAUTHENTICATED } from "./google-codes.ts";
import { expired } from "./google-credentials.ts";
import { datasetRole, makesTables, tableRights } from "./rights.ts";
import { within } from "./within.ts";

const NOT_FOUND = 404;
/** A name that no table of anybody's has. */
const MAKE_NOTHING = "CREATE TABLE `kazoe_check_config_makes_nothing` (nothing INT64)";

/** What the next migration would do, for people. */
export interface PlannedStep {
  readonly name: string;
  readonly ddl: string;
}

export interface BigQueryFindings {
  readonly findings: readonly Finding[];
  readonly plan: readonly PlannedStep[];
}

/** Asks BigQuery everything that the roles will need of it, by reads and dry runs alone. Never throws for what it finds. */
export async function askBigQuery(config: BigQueryConfig, roles: ReadonlySet<Role>): Promise<BigQueryFindings> {
  const asking = new Asking(new BigQueryClient(config), roles);
  const project = await asking.project();
  if (asking.isExpired) return { findings: [project], plan: [] };
  const dataset = await asking.dataset();
  if (asking.isGone) return { findings: [project, dataset], plan: [] };
  const runsQueries = project.verdict !== "wrong";
  const [rights, making, planned] = await Promise.all([
    asking.rights(),
    runsQueries && makesTables(roles) ? asking.making() : [],
    asking.plan(),
  ]);
  return { findings: [project, dataset, ...rights, ...making, ...planned.findings], plan: planned.plan };
}

class Asking {
  isExpired = false;
  /** True when there is no such dataset, so that there is nothing more to ask about it. */
  isGone = false;
  readonly #client: BigQueryClient;
  readonly #roles: ReadonlySet<Role>;

  constructor(client: BigQueryClient, roles: ReadonlySet<Role>) {
    this.#client = client;
    this.#roles = roles;
  }

  /** The project, its API, and the right to run queries in it. */
  async project(): Promise<Finding> {
    const { project, location } = this.#client.config;
    try {
      const query = { query: "SELECT 1", location, dryRun: true, useLegacySql: false };
      await within(this.#client.client.createQueryJob(query));
      return good(`BigQuery's project ${project}: queries may be run`);
    } catch (error) {
      this.isExpired = googleCodeOf(error) === UNAUTHENTICATED.http;
      return this.#refusal(error, { place: `project ${project}`, role: "roles/bigquery.jobUser" });
    }
  }

  async dataset(): Promise<Finding> {
    const { location } = this.#client.config;
    try {
      const [metadata] = await within(this.#dataset.getMetadata());
      const found = String(metadata.location);
      if (found.toLowerCase() === location.toLowerCase()) return good(`BigQuery's ${this.#place}: it lies in ${found}`);
      return wrong(
        `BigQuery's ${this.#place}: it lies in ${found}, not in ${location}`,
        `Write location: ${found} under "warehouse", or name another dataset: one cannot be moved.`,
      );
    } catch (error) {
      this.isGone = googleCodeOf(error) === NOT_FOUND;
      return this.#refusal(error);
    }
  }

  /** Each right that is missing on any table that is there. */
  async rights(): Promise<readonly Finding[]> {
    const wanted = tableRights(this.#roles);
    try {
      const [tables] = await within(this.#dataset.getTables());
      const ours = tables.map(({ id = "" }) => id).filter((id) => TABLES.some(({ name }) => name === id));
      const held = await Promise.all(ours.map(async (id) => [id, await within(this.#held(id, wanted))] as const));
      const missing = wanted.flatMap((right) => {
        const without = held.filter(([, rights]) => !rights.includes(right)).map(([id]) => id);
        return without.length === 0 ? [] : [this.#lacks(right, without)];
      });
      return missing.length > 0 || ours.length === 0
        ? missing
        : [good(`BigQuery's ${this.#place}: no right is missing`)];
    } catch (error) {
      if (NOT_ASKED.includes(googleCodeOf(error)))
        return [note(`BigQuery's ${this.#place}: it does not tell its rights`)];
      return [this.#refusal(error)];
    }
  }

  /** Whether a table may be made. */
  async making(): Promise<readonly Finding[]> {
    try {
      await within(this.#client.estimate({ sql: MAKE_NOTHING }));
      return [];
    } catch (error) {
      return [this.#refusal(error)];
    }
  }

  async plan(): Promise<BigQueryFindings> {
    try {
      const steps = await within(planMigration(this.#client));
      const plan = steps.map(({ name, ddl }) => ({ name, ddl }));
      return { findings: [this.#planned(plan)], plan };
    } catch (error) {
      return { findings: [this.#refusal(error)], plan: [] };
    }
  }

  #planned(plan: readonly PlannedStep[]): Finding {
    const { migrate } = this.#client.config;
    if (plan.length === 0) return good(`BigQuery's ${this.#place}: tables and views are as this version needs them`);
    const names = [...new Set(plan.map(({ name }) => name))].join(", ");
    const command = "Run `kazoe warehouse migrate` with an account that may make tables";
    if (migrate === "by-command") return wrong(`BigQuery's ${this.#place}: it lacks ${names}`, `${command}.`);
    if (makesTables(this.#roles)) return note(`BigQuery's ${this.#place}: the next start makes or changes ${names}`);
    return wrong(
      `BigQuery's ${this.#place}: it lacks ${names}, and the roles that were asked about may not make them`,
      `${command}, or start ingest first.`,
    );
  }

  get #dataset() {
    return this.#client.client.dataset(this.#client.config.dataset);
  }

  get #place(): string {
    const { dataset, project } = this.#client.config;
    return `dataset ${dataset} of project ${project}`;
  }

  #lacks(right: string, tables: readonly string[]): Finding {
    return wrong(
      `BigQuery's ${this.#place}: this account lacks ${right} on ${tables.join(", ")}`,
      `Give it ${datasetRole(this.#roles)} on the dataset; or ask about the roles that this account runs, with --role.`,
    );
  }

  /** Which of the rights this account has on a table. */
  #held(table: string, permissions: readonly string[]): Promise<readonly string[]> {
    const uri = `/datasets/${this.#client.config.dataset}/tables/${table}:testIamPermissions`;
    return new Promise((resolve, reject) => {
      this.#client.client.request({ method: "POST", uri, json: { permissions } }, (error, body) => {
        if (error) reject(error);
        else resolve(body?.permissions ?? []);
      });
    });
  }

  #refusal(error: unknown, asked = { place: this.#place, role: datasetRole(this.#roles) }): Finding {
    const known = error instanceof AppError ? error : bigQueryError(error, asked);
    if (googleCodeOf(error) === UNAUTHENTICATED.http) return expired(known.message);
    return disabled(known.message, "bigquery.googleapis.com") ?? refused(known);
  }
}
