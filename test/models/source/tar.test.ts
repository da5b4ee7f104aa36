import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { readTarFolder } from "../../../models/source/tar.ts";

function entry(name: string, content: string, type = "0"): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write(type, 156);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

const END = Buffer.alloc(1024);
const pack = (...parts: Buffer[]) => gzipSync(Buffer.concat(parts));

it("gives the plain files of the folder and nothing else", () => {
  const archive = pack(
    entry("package/a", "outside"),
    entry("package/m/", "", "5"),
    entry("package/m/one", "1".repeat(600)),
    entry("package/m/link", "", "2"),
    entry("package/m/deep/two", "2"),
    entry("package/m/three", ""),
    END,
  );
  const files = readTarFolder(archive, "package/m/");
  expect([...files.keys()]).toEqual(["one", "three"]);
  expect(Buffer.from(files.get("one")!).toString()).toBe("1".repeat(600));
});

it.each([
  { name: "ends inside a file", archive: gzipSync(entry("package/m/one", "1".repeat(600)).subarray(0, 700)) },
  { name: "is not gzipped", archive: Buffer.from("plain") },
  { name: "has a wrong size field", archive: pack(entry("package/m/one", "").fill("z", 124, 135), END) },
])("refuses an archive that $name", ({ archive }) => {
  expect(() => readTarFolder(archive, "package/m/")).toThrow();
});
