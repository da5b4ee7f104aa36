import { access } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseManifest, readManifest } from "../../models/manifest.ts";
import { SOURCE_PACKAGE } from "../../models/source/package.ts";

it("says of the source what the code verifies", async () => {
  const manifest = await readManifest();
  expect(manifest.source).toBe(`npm:${SOURCE_PACKAGE.name}@${SOURCE_PACKAGE.version}`);
  expect(manifest.integrity).toBe(SOURCE_PACKAGE.integrity);
});

it("lists its default size and has its card", async () => {
  const { sizes, defaultWidth, defaultHeight, card } = await readManifest();
  expect(sizes).toContainEqual(expect.objectContaining({ width: defaultWidth, height: defaultHeight }));
  await access(join(import.meta.dirname, "../../models", card));
});

it("is refused with a wrong or unknown key", async () => {
  const manifest = await readManifest();
  expect(() => parseManifest({ ...manifest, licens: "x" })).toThrow(/manifest.json is wrong/);
  expect(() => parseManifest({ ...manifest, sizes: [{ width: 300, height: 300, sha256: "abc" }] })).toThrow(/sha256/);
});
