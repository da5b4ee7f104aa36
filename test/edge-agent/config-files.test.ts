import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { checkConfigFiles } from "../../edge-agent/config-files.ts";
import { DeviceConfig } from "../../firmware-config/config/device.ts";
import { parseConfig } from "../../firmware-config/config/load.ts";
import { tempDir } from "../support/temp-dir.ts";

async function check(mqtt: object, camera: object = {}) {
  const dir = await tempDir();
  await writeFile(join(dir, "token"), "abc\n", { mode: 0o600 });
  await writeFile(join(dir, "ca.pem"), `# a comment\n${rootCertificates.slice(0, 2).join("\n")}\n`);
  await writeFile(join(dir, "rubbish.pem"), "abc\n");
  const paths = (names: object) =>
    Object.fromEntries(Object.entries(names).map(([key, name]) => [key, join(dir, String(name))]));
  const cameras = [{ id: "door", source: "rtsp://cam.local/1", ...paths(camera) }];
  const config = { tenant: "t", store: "s", device: "d", cameras, mqtt: paths(mqtt) };
  await checkConfigFiles(parseConfig(JSON.stringify(config), "device.yaml", DeviceConfig));
}

test("files that are there", async () => {
  await check({ tokenFile: "token", caFile: "ca.pem" }, { passwordFile: "token" });
  await check({});
});

test.each([
  { name: "no token", mqtt: { tokenFile: "none" }, code: "CONFIG_NOT_FOUND", says: /^mqtt\.tokenFile: .*\/none/ },
  { name: "no CA", mqtt: { caFile: "none" }, code: "CONFIG_NOT_FOUND", says: /^mqtt\.caFile: .*\/none/ },
  { name: "no certificate", mqtt: { caFile: "rubbish.pem" }, code: "CONFIG_INVALID", says: /^mqtt\.caFile: .*rubbish/ },
])("$name", async ({ mqtt, code, says }) => {
  await expect(check(mqtt)).rejects.toMatchObject({ code, fault: "config", message: expect.stringMatching(says) });
});

test("a missing token says how to make one", async () => {
  await expect(check({ tokenFile: "none" })).rejects.toMatchObject({
    hint: expect.stringContaining("kazoe token --file"),
  });
});

test("no password", async () => {
  const says = expect.stringMatching(/^cameras\[0\]\.passwordFile: /);
  await expect(check({}, { passwordFile: "none" })).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND", message: says });
});
