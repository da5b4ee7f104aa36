import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { tooDeepAt } from "../../../firmware-config/config/yaml-depth.ts";
import { tempDir } from "../../support/temp-dir.ts";

const GOOD = "tenant: demo\nstore: main\ndevice: cam-1\ncameras:\n  - { id: door, source: door.mp4 }\n";
const KIB = 1024;
const filled = (text: string) => text.repeat(Math.floor((250 * KIB) / text.length));
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

async function fileOf(content: string | Uint8Array): Promise<string> {
  const file = join(await tempDir(), "d.yaml");
  await writeFile(file, content);
  return file;
}

describe("any editor's file is read", () => {
  test.each([
    { name: "a byte order mark", in: `\ufeff${GOOD}` },
    { name: "Windows line ends", in: GOOD.replaceAll("\n", "\r\n") },
    { name: "a document mark", in: `%YAML 1.2\n---\n${GOOD}...\n` },
    { name: "an alias", in: GOOD.replace("demo", "&name demo").replace("main", "*name") },
  ])("$name", async ({ in: text }) => {
    expect(await loadDeviceConfig(await fileOf(text))).toMatchObject({ device: "cam-1" });
  });

  test("with a byte order mark and Windows line ends a place is still right", async () => {
    const file = await fileOf(`\ufeff${GOOD}healthS: 0\n`.replaceAll("\n", "\r\n"));
    await expect(loadDeviceConfig(file)).rejects.toThrow(/d\.yaml:6:10 healthS: must be >= 1/);
  });
});

describe("what is no configuration is refused with its place", () => {
  test.each([
    { name: "a key twice", in: `${GOOD}tenant: other\n`, error: /:6:1 this key is there twice/ },
    {
      name: "a key twice, inside",
      in: GOOD.replace("id: door", "id: a, id: b"),
      error: /:5:\d+ this key is there twice/,
    },
    { name: "a tab", in: GOOD.replace("  - {", "\t- {"), error: /:5:1 Tabs are not allowed/ },
    { name: "two documents", in: `${GOOD}---\n${GOOD}`, error: /:6:1 a second document begins/ },
    { name: "nothing", in: "", error: /:1:1 the key "tenant" is missing/ },
    { name: "a comment", in: "# nothing\n", error: /the key "tenant" is missing/ },
    { name: "UTF-16", in: utf16(GOOD), error: /:1:1 not a text in UTF-8/ },
    { name: "UTF-16 without a mark", in: utf16(GOOD).subarray(2), error: /:1:1 not a text in UTF-8/ },
    { name: "Latin-1", in: Buffer.from(`${GOOD}# caf\xe9\n`, "latin1"), error: /:1:1 not a text in UTF-8/ },
    { name: "a picture", in: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), error: /not a text/ },
    { name: "an unknown tag", in: `${GOOD}logLevel: !secret x\n`, error: /:6:11 Unresolved tag/ },
    { name: "a prototype", in: `${GOOD}__proto__: { healthS: 1 }\n`, error: /:6:1 unknown key "__proto__"/ },
    {
      name: "a device that no program can be given",
      in: GOOD.replace("door.mp4", 'door.mp4, decoder: { type: vaapi, device: "a\\0b" }'),
      error: /:5:\d+ cameras\[0\]\.decoder\.device: holds a NUL character/,
    },
    {
      name: "a path that no file has",
      in: GOOD.replace("door.mp4", '"a\\0b.mp4"'),
      error: /:5:25 cameras\[0\]\.source: holds a NUL/,
    },
    { name: "half a pair", in: `${GOOD}logLevel: "\\uD800"\n`, error: /:6:11 logLevel: holds .*half a surrogate pair/ },
    { name: "no number", in: `${GOOD}tracker: { stillS: .nan }\n`, error: /tracker\.stillS: must be number/ },
    { name: "an alias bomb", in: bomb(), error: /aliases \(\*name\)/ },
    { name: "an alias of itself", in: "a: &a [*a]\n", error: /d\.yaml:1:1 / },
  ])("$name", async ({ in: content, error }) => {
    const loaded = loadDeviceConfig(await fileOf(content));
    await expect(loaded).rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(error) });
  });

  test("without repeating the text around an error, which may be a secret", async () => {
    const loaded = loadDeviceConfig(await fileOf(`${GOOD}mqtt: { url: "x" } hunter2\nlogLevel: "a" hunter2\n`));
    await expect(loaded).rejects.toThrow(/d\.yaml:6:/);
    await expect(loaded).rejects.not.toThrow(/hunter2/);
  });

  test("a folder", async () => {
    const loaded = loadDeviceConfig(await tempDir());
    await expect(loaded).rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(/a folder/) });
  });

  test("100 MB, of which little is read", async () => {
    const file = await fileOf("");
    const handle = await open(file, "r+");
    await handle.truncate(100 * KIB * KIB);
    await handle.close();
    const startMs = performance.now();
    await expect(loadDeviceConfig(file)).rejects.toThrow(/larger than 256 KiB/);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});

describe("what is nested without end is refused in our words, once, with its place", () => {
  test.each([
    { name: "lists in brackets", in: `a: ${"[".repeat(2_000)}${"]".repeat(2_000)}`, at: "1:67" },
    { name: "lists that nobody closes", in: `a: ${"[".repeat(200_000)}`, at: "1:67" },
    { name: "maps in braces", in: `a: ${"{ a: ".repeat(1_000)}1${" }".repeat(1_000)}`, at: "1:319" },
    { name: "lists in one line", in: `a:\n  ${"- ".repeat(2_000)}x\n`, at: "2:129" },
    { name: "keys in one line", in: `${"? ".repeat(2_000)}x\n`, at: "1:129" },
    { name: "steps", in: `${Array.from({ length: 700 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")} 1\n`, at: "65:66" },
  ])("$name", async ({ in: text, at }) => {
    const error: unknown = await loadDeviceConfig(await fileOf(text)).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    expect(String(error).split("\n").slice(1)).toEqual([
      expect.stringMatching(new RegExp(`d\\.yaml:${at} nested deeper than 64 levels$`)),
    ]);
  });

  test("what is wide or only looks deep is none", async () => {
    const text = `${GOOD}# ${"[".repeat(100)}\nlogLevel: "${"{[".repeat(80)}"\n`;
    await expect(loadDeviceConfig(await fileOf(text))).rejects.toThrow(/:7:11 logLevel: /);
    expect(tooDeepAt("a:\n- b: [c, d]\n  e: { f: g }\n".repeat(2_000))).toBeUndefined();
  });
});

describe("the largest file costs seconds, whatever is in it", () => {
  test.each([
    { name: "lists without end", in: filled("[") },
    { name: "a long list", in: `cameras: [${filled("1,")}]` },
    { name: "tags", in: filled("!a ") },
    { name: "many keys", in: Array.from({ length: 20_000 }, (_, i) => `key${i}: 1`).join("\n") },
    { name: "one key many times", in: filled("key: 1\n") },
  ])("$name", async ({ in: text }) => {
    const startMs = performance.now();
    const error: unknown = await loadDeviceConfig(await fileOf(text)).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    expect(String(error).length).toBeLessThan(20_000);
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });
});

function bomb(): string {
  const layer = (name: string, of: string) => `${name}: &${name} [${`*${of},`.repeat(9)}]\n`;
  return `a: &a [${"x,".repeat(9)}]\n${layer("b", "a")}${layer("c", "b")}${layer("d", "c")}`;
}
