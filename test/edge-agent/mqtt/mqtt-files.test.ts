import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { readMqttFiles } from "../../../edge-agent/mqtt/mqtt-files.ts";
import { tempDir } from "../../support/temp-dir.ts";

const CA_HINT = "Name the PEM file of the broker's certificate authority, or leave out caFile.";
const BROKER = { url: "mqtt://127.0.0.1", inFlight: 16, replayPerS: 100 };

async function fileOf(text: string): Promise<string> {
  const file = join(await tempDir(), "file");
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

test("a configuration without files needs none", async () => {
  expect(await readMqttFiles(BROKER)).toEqual({});
});

test("the token is the password, and the authority is what it is", async () => {
  const caFile = await fileOf(`# a comment\n${rootCertificates[0]}\n`);
  const files = await readMqttFiles({ ...BROKER, tokenFile: await fileOf("abc\n"), caFile });
  expect(files).toEqual({ password: "abc", ca: await readFile(caFile) });
  expect(await readMqttFiles({ ...BROKER, tokenFile: await fileOf("abc\n") })).toEqual({ password: "abc" });
});

test("a token that is missing says how to make one", async () => {
  await expect(readMqttFiles({ ...BROKER, tokenFile: "/none/token" })).rejects.toMatchObject({
    code: "CONFIG_NOT_FOUND",
    message: expect.stringMatching(/^mqtt\.tokenFile: cannot read \/none\/token/),
    hint: expect.stringMatching(/^Make one with `kazoe token --file \/none\/token`, .* hash to the cloud\.$/),
  });
});

test("what is no certificate is none, with the place and what to do", async () => {
  const caFile = await fileOf("abc\n");
  await expect(readMqttFiles({ ...BROKER, caFile })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(`^mqtt\\.caFile: ${caFile} is not a certificate: .+`),
    hint: CA_HINT,
  });
});

test.each([
  { name: "as large as it may be", bytes: 1024 * 1024, error: "is not a certificate" },
  { name: "a byte larger", bytes: 1024 * 1024 + 1, error: "is larger than 1024 KiB" },
])("a file that is no authority for its size: $name", async ({ bytes, error }) => {
  const caFile = await fileOf("a".repeat(bytes));
  await expect(readMqttFiles({ ...BROKER, caFile })).rejects.toThrow(error);
});
