import { expect, it } from "vitest";
import { readManifest } from "../../models/manifest.ts";
import { variantOf } from "../../models/variant.ts";

const manifest = await readManifest();

it("takes the default size when none is named", () => {
  const { defaultWidth: width, defaultHeight: height } = manifest;
  const pinned = expect.stringMatching(/^[0-9a-f]{64}$/);
  const name = `${manifest.name}-${width}x${height}`;
  expect(variantOf(manifest.name, manifest)).toEqual({ name, width, height, sha256: pinned });
});

it.each([
  { name: "a listed size", in: "300x300", out: { width: 300, height: 300 } },
  { name: "another multiple of 16", in: "1280x720", out: { width: 1280, height: 720 } },
  { name: "no multiple of 16", in: "301x304", error: "MODEL_NOT_FOUND" },
  { name: "too large", in: "1920x1088", error: "MODEL_NOT_FOUND" },
  { name: "too small", in: "64x64", error: "MODEL_NOT_FOUND" },
  { name: "leading zero", in: "0320x320", error: "MODEL_NOT_FOUND" },
  { name: "no size", in: "large", error: "MODEL_NOT_FOUND" },
])("size in the name: $name", ({ in: size, out, error }) => {
  const parse = () => variantOf(`${manifest.name}-${size}`, manifest);
  if (error === undefined) expect(parse()).toMatchObject(out ?? {});
  else expect(parse).toThrow(expect.objectContaining({ code: error }));
});

it("leaves other names alone", () => {
  expect(variantOf("yolox-nano", manifest)).toBeUndefined();
});
