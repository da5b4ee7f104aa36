import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** One file's import of another file of ours; paths from the project's root. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

const IMPORT = /(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+)"/gm;

/** All relative imports, dynamic ones too, of the TypeScript files below `folders` of `root`. */
export function importsBelow(root: string, folders: readonly string[]): Import[] {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
  return files.flatMap((from) => importsOf(from, readFileSync(join(root, from), "utf8")));
}

/** Pure: the relative imports in the text of the file `from`. */
export function importsOf(from: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({ from, to: normalize(join(dirname(from), match[1] ?? "")) }));
}
