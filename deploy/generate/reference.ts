/** The parts of a JSON Schema that the reference shows. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  /** See `openWord`. */
  readonly knownWords?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly items?: SchemaNode | readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  /** Of a map with names of the user's own: one pattern. */
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
}

/** A Markdown table of every key of a configuration or message schema; of variants, what they share once. */
export function referenceTable(schema: SchemaNode): string {
  const rows = new Set((schema.oneOf ?? [schema]).flatMap((variant) => rowsOf(variant, "")));
  return ["| key | type | default | what |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function rowsOf(schema: SchemaNode, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, node]) => {
    const path = prefix + key;
    const required = schema.required?.includes(key) === true && node.default === undefined;
    return [row(path, node, required), ...childRows(node, path)];
  });
}

function childRows(node: SchemaNode, path: string): string[] {
  if (node.oneOf) return variantRows(node, path);
  const [named] = Object.values(node.patternProperties ?? {});
  if (named) return childRows(named, `${path}.NAME`);
  if (node.type === "object") return rowsOf(node, `${path}.`);
  if (node.type === "array" && isNode(node.items)) return itemRows(node.items, `${path}[]`);
  return [];
}

const itemRows = (items: SchemaNode, path: string) =>
  items.oneOf ? variantRows(items, path) : rowsOf(items, `${path}.`);

/** Of a choice by `type`: the types once, then the keys; one that not all of them have says whose it is. */
function variantRows({ oneOf: variants = [], default: chosen }: SchemaNode, path: string): string[] {
  const types = variants.flatMap(({ properties }) => properties?.type ?? []);
  const known = types.map(({ const: word, description }) => `${JSON.stringify(word)}: ${description ?? ""}`);
  const fallback = typeof chosen === "object" && chosen !== null && "type" in chosen ? { default: chosen.type } : {};
  const words = { enum: types.map((one) => one.const), description: known.join("; "), ...fallback };
  const rows = variants.flatMap((variant) => {
    const { type, ...properties } = variant.properties ?? {};
    return Object.entries(properties).flatMap(([key, node]) => {
      const isShared = variants.every((one) => one.properties?.[key] !== undefined);
      const description = isShared ? node.description : `${type?.const}: ${node.description ?? ""}`;
      return rowsOf(
        { ...variant, properties: { [key]: { ...node, ...(description && { description }) } } },
        `${path}.`,
      );
    });
  });
  return [row(`${path}.type`, words, false), ...rows];
}

function row(path: string, node: SchemaNode, required: boolean): string {
  const fallback = required ? "**required**" : defaultText(node);
  return `| \`${path}\` | ${typeText(node)} | ${fallback} | ${escapeCell(node.description ?? "")} |`;
}

function defaultText(node: SchemaNode): string {
  if (node.default === undefined || node.type === "object") return "";
  return `\`${JSON.stringify(node.default)}\``;
}

function typeText(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  const words = node.enum ?? node.knownWords;
  if (words) return words.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
  if (node.anyOf) return node.anyOf.map(typeText).join(" or ");
  const { minimum, maximum } = node;
  if (minimum !== undefined && maximum !== undefined && maximum < 1e9) return `${node.type} ${minimum}..${maximum}`;
  return minimum === undefined ? (node.type ?? "") : `${node.type} from ${minimum}`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function isNode(items: SchemaNode["items"]): items is SchemaNode {
  return items !== undefined && !Array.isArray(items);
}
