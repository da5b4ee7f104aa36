import { readdir } from "node:fs/promises";

/** Names of a folder's YAML files, sorted. Hidden ones are an editor's or a copying Mac's (`._x.yaml`), and nobody's configuration. */
export async function yamlNames(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
}
