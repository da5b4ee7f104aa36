import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
// HashiCorp's own parser of HCL, as WebAssembly.
import { parse } from "@cdktf/hcl2json";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";

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

test("no role but those that the drivers need, none of them on the project", () => {
  const members = resources.filter(({ type }) => type.includes("_iam_"));
  expect(members.filter(({ type }) => !/^google_pubsub_(topic|subscription)_iam_member$/.test(type))).toEqual([]);
  expect(new Set(members.map(({ body }) => body?.role))).toEqual(
    new Set(["roles/pubsub.publisher", "roles/pubsub.subscriber"]),
  );
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
