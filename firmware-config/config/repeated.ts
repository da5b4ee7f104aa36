import type { Fault, Path } from "./problem.ts";

/** A fault for each entry of the list at `path` whose key an earlier one has. */
export function repeated(path: Path, keys: readonly string[]): readonly Fault[] {
  const seen = new Set<string>();
  return keys.flatMap((key, i) =>
    seen.size === seen.add(key).size ? [{ path: [...path, i], text: `"${key}" is there twice` }] : [],
  );
}
