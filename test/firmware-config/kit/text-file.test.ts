import { execFileSync } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSeries } from "../../../cloud-ingest/quality/csv/read-series.ts";
import { publicHolidays } from "../../../cloud-ingest/registry/holidays.ts";
import { loadRegistry } from "../../../cloud-ingest/registry/load-registry.ts";
import { readMotRows } from "../../../edge-agent/mot/mot-rows.ts";
import { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { readSecretFile } from "../../../firmware-config/kit/secret-file.ts";
import { readTextFile } from "../../../firmware-config/kit/text-file.ts";
import { inspectModel } from "../../../models/inspect.ts";
import { readRecords } from "../../../models/model-store.ts";
import { tempDir } from "../../support/temp-dir.ts";

const LINES = ["one", "", "三 lines"];
const withMark = (text: string) => `\uFEFF${text}`;
const FORMS = [
  { name: "LF", form: (lines: readonly string[]) => `${lines.join("\n")}\n` },
  { name: "CRLF", form: (lines: readonly string[]) => `${lines.join("\r\n")}\r\n` },
  { name: "CR", form: (lines: readonly string[]) => `${lines.join("\r")}\r` },
  { name: "no last line end", form: (lines: readonly string[]) => lines.join("\n") },
  { name: "a byte order mark and CRLF", form: (lines: readonly string[]) => withMark(lines.join("\r\n")) },
];

async function written(content: string | Uint8Array, name = "file"): Promise<string> {
  const file = join(await tempDir(), name);
  await writeFile(file, content, { mode: 0o600 });
  return file;
}

test.each(FORMS)("reads $name", async ({ form }) => {
  const text = await readTextFile(await written(form(LINES)), { maxBytes: 1000 });
  expect(text.trimEnd()).toBe(LINES.join("\n"));
});

test.each(FORMS)("every text file that we read takes $name", async ({ form }) => {
  const yaml = ["tenant: t", "store: s", "device: d", "cameras: [{ id: c, source: a.mp4 }]"];
  expect((await loadDeviceConfig(await written(form(yaml)))).cameras[0]?.id).toBe("c");
  expect(parseConfig(yaml.join("\n"), "device.yaml", DeviceConfig).device).toBe("d");
  const rows = await readMotRows(await written(form(["1,-1,10,10,20,40,0.9", "2,-1,11,10,20,40,0.8"])), "detections");
  expect([...rows.frames]).toEqual([1, 2]);
  const place = { key: "mqtt.tokenFile", hint: "Make one." };
  expect(await readSecretFile(await written(form(["s3cret"])), place)).toBe("s3cret");
  const dir = await tempDir();
  const record = { name: "m", family: "ssd", inputWidth: 300, inputHeight: 300, sha256: "0".repeat(64) };
  await writeFile(join(dir, "m.json"), form(JSON.stringify(record, undefined, 1).split("\n")));
  await writeFile(join(dir, "m.onnx"), "");
  expect(await readRecords(dir)).toEqual([record]);
});

test("the line of an error is the same whatever ends the lines", async () => {
  const yaml = ["tenant: t", "store: s", "device: d", "colour: red", "cameras: [{ id: c, source: a.mp4 }]"];
  for (const { form } of FORMS) await expect(loadDeviceConfig(await written(form(yaml)))).rejects.toThrow(/:4:1 /);
});

test.each([
  {
    name: "UTF-16, little end first",
    bytes: Buffer.from("\uFEFFone\n", "utf16le"),
    says: /UTF-16; save the file as UTF-8/,
  },
  { name: "UTF-16, big end first", bytes: Buffer.from("\uFEFFone\n", "utf16le").swap16(), says: /UTF-16/ },
  { name: "UTF-16 without a mark", bytes: Buffer.from("one\n", "utf16le"), says: /UTF-16/ },
  { name: "Latin-1", bytes: Buffer.from("caf\xe9", "latin1"), says: /not a text in UTF-8/ },
  { name: "zeros", bytes: Buffer.alloc(20), says: /not a text/ },
  { name: "too much", bytes: Buffer.alloc(1001, "x"), says: /larger than 1000 bytes/ },
])("says what is wrong with $name", async ({ bytes, says }) => {
  await expect(readTextFile(await written(bytes), { maxBytes: 1000 })).rejects.toThrow(says);
});

describe.skipIf(process.platform === "win32")(
  "what is no regular file is refused at once, and never waited for",
  () => {
    const asked: readonly { name: string; read: (file: string) => Promise<unknown> }[] = [
      { name: "a text", read: (file) => readTextFile(file, { maxBytes: 1000 }) },
      { name: "a configuration", read: loadDeviceConfig },
      { name: "a registry", read: (file) => loadRegistry(file, [], publicHolidays) },
      { name: "tracks", read: (file) => readMotRows(file, "tracks") },
      { name: "a secret", read: (file) => readSecretFile(file, { key: "mqtt.tokenFile", hint: "Make one." }) },
      { name: "a model", read: inspectModel },
      { name: "a series", read: (file) => readSeries(file, () => {}) },
    ];
    test.each(asked)("$name", async ({ read }) => {
      const dir = await tempDir();
      execFileSync("mkfifo", [join(dir, "pipe")]);
      await symlink(join(dir, "pipe"), join(dir, "link"));
      const server = createServer().listen(join(dir, "socket"));
      for (const file of [join(dir, "pipe"), join(dir, "link"), join(dir, "socket"), "/dev/zero", dir])
        await expect(read(file)).rejects.toThrow(/not a file|is no file|a folder/);
      server.close();
    });
  },
);
