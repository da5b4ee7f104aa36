import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
// HashiCorp's own parser of HCL, as WebAssembly.
import { parse } from "@cdktf/hcl2json";
import { expect, test } from "vitest";
import { parse as parseYaml, stringify } from "yaml";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { datasetRole, tableRights } from "../../../cloud-ingest/online/rights.ts";
import type { Role } from "../../../cloud-ingest/roles.ts";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { tempDir } from "../../support/temp-dir.ts";

const FOLDER = join(PACKAGE_ROOT, "deploy", "gcp");

type Blocks = Readonly<Record<string, Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>>>;

interface Parsed {
  readonly resource?: Blocks;
  readonly variable?: Readonly<Record<string, readonly unknown[]>>;
}

const sources = await Promise.all(
  (await readdir(FOLDER))
    .filter((name) => name.endsWith(".tf"))
    .map(async (name) => ({ name, text: await readFile(join(FOLDER, name), "utf8") })),
);
const parsed: readonly Parsed[] = await Promise.all(sources.map(({ name, text }) => parse(name, text)));
const all = sources.map(({ text }) => text).join("\n");
const resources = parsed.flatMap(({ resource = {} }) =>
  Object.entries(resource).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, [body]]) => ({ type, name, address: `${type}.${name}`, body })),
  ),
);

test("every file is HCL, and names a resource once", () => {
  expect(sources.length).toBeGreaterThan(4);
  const addresses = resources.map(({ address }) => address);
  expect(new Set(addresses).size).toBe(addresses.length);
});

test("what is referred to is there", () => {
  const known = new Set(resources.map(({ address }) => address));
  const referred = [...all.matchAll(/(?<![\w.])(google_\w+\.\w+)/g)].map(([, address = ""]) => address);
  expect(referred.filter((address) => !known.has(address) && !address.startsWith("google_project.this"))).toEqual([]);
  const variables = new Set(parsed.flatMap(({ variable = {} }) => Object.keys(variable)));
  const used = new Set([...all.matchAll(/var\.(\w+)/g)].map(([, name = ""]) => name));
  expect([...used].sort()).toEqual([...variables].sort());
});

/** Roles on a topic, a subscription and the project, with whom they are given to. */
const granted = resources
  .filter(({ type }) => type.includes("_iam_"))
  .map(({ type, body }) => ({ on: type.replace(/^google_(.*)_iam_member$/, "$1"), role: body?.role }));

/** The list of a dataset, one line an entry. */
const access = resources
  .filter(({ type }) => type === "google_bigquery_dataset")
  .flatMap(({ body }) => lists(body?.access))
  .map((entry) => `${entry.role} ${entry.special_group ?? nameOf(entry.user_by_email)}`);

function lists(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : [];
}

/** `${google_service_account.ingest.email}` -> `ingest`. */
function nameOf(reference: unknown): string {
  return /google_service_account\.(\w+)\.email/.exec(String(reference))?.[1] ?? String(reference);
}

test("no role but those that the drivers need: on the project none that lets anybody see data", () => {
  const lines = granted.map(({ on, role }) => `${on} ${role}`);
  expect([...new Set(lines)].sort()).toEqual([
    "project roles/bigquery.jobUser",
    "pubsub_subscription roles/pubsub.subscriber",
    "pubsub_subscription roles/pubsub.viewer",
    "pubsub_topic roles/pubsub.publisher",
  ]);
});

test("the server publishes rows only where that was asked for", () => {
  const grant = resources.find(({ address }) => address === "google_pubsub_topic_iam_member.server_publishes_rows");
  expect(grant?.body).toMatchObject({
    count: expect.stringContaining("var.server_takes_rows ? 1 : 0"),
    role: "roles/pubsub.publisher",
  });
  const [wish] = parsed.flatMap(({ variable = {} }) => variable.server_takes_rows ?? []);
  expect(wish).toMatchObject({ default: false });
});

test("the dataset is written by ingest and jobs, read by server, and open to nobody else but the project's owners", () => {
  expect(access).toEqual(["OWNER projectOwners", "WRITER ingest", "WRITER jobs", "READER server"]);
});

/** What Google's roles hold of what the driver calls on tables. */
const READER = ["bigquery.tables.get", "bigquery.tables.getData"];
const HELD = {
  READER: { role: "roles/bigquery.dataViewer", rights: READER },
  WRITER: {
    role: "roles/bigquery.dataEditor",
    rights: [...READER, "bigquery.tables.updateData", "bigquery.tables.update"],
  },
};

test.each<{ role: Role; entry: keyof typeof HELD }>([
  { role: "ingest", entry: "WRITER" },
  { role: "jobs", entry: "WRITER" },
  { role: "server", entry: "READER" },
])("$role has what the driver calls, and not more than a role needs: $entry", ({ role, entry }) => {
  expect(access).toContain(`${entry} ${role}`);
  expect(datasetRole(new Set([role]))).toBe(HELD[entry].role);
  expect(tableRights(new Set([role]))).toEqual(HELD[entry].rights);
});

test.each(["deploy/gcp/README.md", "README.md"])("what %s says of Google Cloud is a configuration", async (page) => {
  const text = await readFile(join(PACKAGE_ROOT, page), "utf8");
  const block = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].find(([, yaml = ""]) => yaml.includes("bigquery"));
  const file = join(await tempDir(), "cloud.yaml");
  const stores = [{ tenant: "my-company", store: "main-street", name: "Main Street", timeZone: "Asia/Tokyo" }];
  await writeFile(file, stringify({ ...parseYaml(block?.[1] ?? ""), stores }));
  expect(await loadCloudConfig(file)).toMatchObject({ bus: { type: "pubsub" }, warehouse: { type: "bigquery" } });
});

test("queries are run by those who ask the warehouse, and never by the broker", () => {
  const runs = resources.find(({ address }) => address === "google_project_iam_member.runs_queries");
  expect(Object.keys(Object(runs?.body?.for_each))).toEqual(["ingest", "jobs", "server"]);
});

test("nothing is public, and no basic role and no key is given away", () => {
  for (const word of ["allUsers", "allAuthenticatedUsers", "projectReaders", "projectWriters", "service_account_key"])
    expect(all).not.toContain(word);
  const looks = granted.filter(({ role }) => role === "roles/pubsub.viewer");
  expect(looks).toHaveLength(1);
  for (const { role } of granted)
    if (role !== "roles/pubsub.viewer") expect(role).not.toMatch(/owner|editor|admin|viewer$/i);
});

test("counts are not thrown away with the dataset, and a mistake can be taken back for a week", () => {
  const [dataset] = resources.filter(({ type }) => type === "google_bigquery_dataset");
  expect(dataset?.body).toMatchObject({
    delete_contents_on_destroy: false,
    max_time_travel_hours: "168",
    lifecycle: [{ prevent_destroy: true }],
  });
});

test("queries have a daily limit in MiB, and the budget speaks before the month is over", () => {
  const quota = resources.find(({ type }) => type === "google_cloud_quotas_quota_preference");
  expect(quota?.body).toMatchObject({
    ...{ service: "bigquery.googleapis.com", quota_id: "QueryUsagePerDay" },
    quota_config: [{ preferred_value: expect.stringContaining("var.daily_query_gib * 1024") }],
  });
  const budget = resources.find(({ type }) => type === "google_billing_budget");
  const rules = lists(budget?.body?.threshold_rules);
  expect(rules).toContainEqual({ threshold_percent: 1, spend_basis: "FORECASTED_SPEND" });
});

test("what a subscription holds is never lost to time, order or a stop", () => {
  const subscriptions = resources.filter(({ type }) => type === "google_pubsub_subscription");
  for (const { body } of subscriptions) expect(body).toMatchObject({ expiration_policy: [{ ttl: "" }] });
  const ingest = subscriptions.find(({ name }) => name === "ingest");
  expect(ingest?.body).toMatchObject({
    enable_message_ordering: true,
    enable_exactly_once_delivery: true,
    dead_letter_policy: [{ max_delivery_attempts: 100 }],
  });
});
