/**
 * How many files and sockets this process may have open; undefined when the system sets no limit or does not tell (Windows). Node.js has
 * raised its soft limit to the hard one at its start. Ask before there are sockets: the report looks at each.
 */
export function openFilesLimit(): number | undefined {
  const soft = ["userLimits", "open_files", "soft"].reduce(fieldOf, process.report?.getReport());
  return typeof soft === "number" ? soft : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}
