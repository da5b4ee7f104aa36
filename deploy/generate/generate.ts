import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RuleConfig } from "../../cloud-ingest/alerts/rules/rule-config.ts";
import { CloudConfig } from "../../cloud-ingest/config.ts";
import { RegistryConfig } from "../../cloud-ingest/registry/registry-config.ts";
import { DeviceConfig } from "../../firmware-config/config/device.ts";
import { MESSAGE_SCHEMAS } from "../../firmware-config/contract/messages.ts";
import { ROW_MESSAGES, ROW_TABLE_NAMES, ROW_TABLES } from "../../firmware-config/contract/row.ts";
import { MESSAGE_KINDS, TOPICS } from "../../firmware-config/contract/topics.ts";
import { ERROR_CODES } from "../../firmware-config/kit/error-codes.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";
import { storageError } from "../../firmware-config/kit/storage-error.ts";
import { referenceTable, type SchemaNode } from "./reference.ts";

/** Files that are made from the schemas, and how: whole, or the part between two marks. */
function generated(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const schema = (title: object) =>
    `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", ...title }, undefined, 2)}\n`;
  files.set("firmware-config/schema/device.schema.json", schema(DeviceConfig));
  files.set("cloud-ingest/schema/cloud.schema.json", schema(CloudConfig));
  files.set("cloud-ingest/schema/registry.schema.json", schema(RegistryConfig));
  files.set("cloud-ingest/schema/alert-rule.schema.json", schema(RuleConfig));
  const rules = withPart(read("cloud-ingest/alerts/rules/README.md"), "rule", referenceTable(nodeOf(RuleConfig)));
  files.set("cloud-ingest/alerts/rules/README.md", rules);
  const registry = withPart(
    read("cloud-ingest/registry/README.md"),
    "registry",
    referenceTable(nodeOf(RegistryConfig)),
  );
  files.set("cloud-ingest/registry/README.md", registry);
  for (const kind of MESSAGE_KINDS)
    files.set(`firmware-config/schema/${kind}.schema.json`, schema(MESSAGE_SCHEMAS[kind]));
  for (const table of ROW_TABLE_NAMES)
    files.set(`firmware-config/schema/row-${table}.schema.json`, schema(ROW_MESSAGES[table]));
  const readme = withPart(read("README.md"), "device", referenceTable(nodeOf(DeviceConfig)));
  const both = withPart(readme, "cloud", referenceTable(nodeOf(CloudConfig)));
  files.set("README.md", withPart(both, "errors", errorTable()));
  const contract = withPart(read("firmware-config/README.md"), "topics", topicTable());
  const messages = withPart(contract, "messages", messageTables());
  files.set("firmware-config/README.md", withPart(messages, "rows", rowTables()));
  return files;
}

/** The schema as the JSON that it is. */
function nodeOf(schema: object): SchemaNode {
  return JSON.parse(JSON.stringify(schema));
}

function topicTable(): string {
  const rows = Object.entries(TOPICS).map(([kind, { from, retained, qos, hasSchema, what }]) => {
    const payload = hasSchema ? "below" : "not laid down yet";
    return `| \`${kind}\` | ${from} | ${retained ? "yes" : "no"} | ${qos} | ${payload} | ${what} |`;
  });
  return ["| kind | from | retained | QoS | payload | what |", "| --- | --- | --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

function messageTables(): string {
  return MESSAGE_KINDS.map((kind) => `### \`${kind}\`\n\n${referenceTable(nodeOf(MESSAGE_SCHEMAS[kind]))}`).join(
    "\n\n",
  );
}

function rowTables(): string {
  return ROW_TABLE_NAMES.map((table) => {
    const { description } = nodeOf(ROW_TABLES[table]);
    return `### \`${table}\`\n\n${description}\n\n${referenceTable(nodeOf(ROW_MESSAGES[table]))}`;
  }).join("\n\n");
}

function errorTable(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { fault, meaning }]) => `| \`${code}\` | ${fault} | ${meaning} |`,
  );
  return ["| code | fault | what |", "| --- | --- | --- |", ...rows].join("\n");
}

/** Puts `text` between `<!-- generated: name -->` and `<!-- end: name -->`. */
function withPart(document: string, name: string, text: string): string {
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const [head, rest] = document.split(start);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) throw new Error(`The marks ${start} and ${end} are missing`);
  return `${head}${start}\n\n${text}\n\n${end}${tail}`;
}

function read(file: string): string {
  try {
    return readFileSync(join(PACKAGE_ROOT, file), "utf8");
  } catch {
    return "";
  }
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(join(PACKAGE_ROOT, file)), { recursive: true });
    writeFileSync(join(PACKAGE_ROOT, file), text);
  } catch (error) {
    throw storageError(error, file);
  }
}

/** Writes the files, or with `--check` only says which are not up to date; returns the exit code. */
function main(checkOnly: boolean): number {
  const stale = [...generated()].filter(([file, text]) => read(file) !== text);
  for (const [file, text] of stale) {
    process.stderr.write(`${checkOnly ? "not up to date" : "written"}: ${file}\n`);
    if (checkOnly) continue;
    write(file, text);
  }
  if (checkOnly && stale.length > 0) process.stderr.write("Run: npm run generate\n");
  return checkOnly && stale.length > 0 ? 1 : 0;
}

try {
  process.exitCode = main(process.argv.includes("--check"));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
