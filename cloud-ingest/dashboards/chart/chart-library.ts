import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

let cached: string | undefined;

/** Chart.js as one classic script, read once; without its source-map comment, which would make browsers fetch. */
export function chartLibrary(): string {
  cached ??= readLibrary();
  return cached;
}

// The package exports no path of the script, but the module that it does export lies beside it.
function readLibrary(): string {
  const folder = dirname(createRequire(import.meta.url).resolve("chart.js"));
  const script = readFileSync(join(folder, "chart.umd.min.js"), "utf8").replace(
    /\n\/\/# sourceMappingURL=\S+\s*$/,
    "\n",
  );
  if (/<\/script|<!--/i.test(script))
    throw new Error("chart.js cannot be put into a page: it would end its own element");
  return script;
}
