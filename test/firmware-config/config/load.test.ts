import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { DOOR_CONFIG } from "../../support/door-config.ts";
import { tempDir } from "../../support/temp-dir.ts";

const rows = [
  {
    name: "unknown key names the nearest",
    in: `${DOOR_CONFIG}outbx: {}\n`,
    error: /d\.yaml:9:1 unknown key "outbx"; did you mean "outbox"\? Allowed: .*counts/,
  },
  {
    name: "out of range",
    in: DOOR_CONFIG.replace("0.4]", "4]"),
    error: /d\.yaml:8:\d+ cameras\[0\]\.lines\[0\]\.to\[1\]: must be <= 1/,
  },
  { name: "missing key", in: DOOR_CONFIG.replace("tenant: demo\n", ""), error: /the key "tenant" is missing/ },
  { name: "not one of", in: `${DOOR_CONFIG}logLevel: loud\n`, error: /logLevel: must be one of "error", "warn"/ },
  {
    name: "a window that straddles hours",
    in: `${DOOR_CONFIG}counts: { windowS: 7 }\n`,
    error: /d\.yaml:9:20 counts\.windowS: must be one of 1, 5, 10, 15, 30, 60, 300, 900 /,
  },
  { name: "wrong type", in: `${DOOR_CONFIG}healthS: often\n`, error: /healthS: must be integer/ },
  { name: "YAML syntax", in: "cameras: [", error: /d\.yaml:1:\d+/ },
  { name: "a list", in: "- 1", error: /must be object/ },
];

test.each(rows)("$name", ({ in: text, error }) => {
  expect(() => parseConfig(text, "d.yaml", DeviceConfig)).toThrow(error);
});

test("every problem is told at once, in the order of the file", () => {
  const text = DOOR_CONFIG.replace("id: door", "id: Door!").replace("0.4]", "4]");
  expect(() => parseConfig(text, "d.yaml", DeviceConfig)).toThrow(/:5:.*\n.*:8:/);
});

test("a value is never repeated: it may be a secret", () => {
  const text = `${DOOR_CONFIG}mqtt: { url: "mqtt://user:hunter2@host" }\n`;
  let message = "";
  try {
    parseConfig(text, "d.yaml", DeviceConfig);
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain("mqtt.url");
  expect(message).not.toContain("hunter2");
});

test("defaults are filled in", () => {
  const config = parseConfig(DOOR_CONFIG, "d.yaml", DeviceConfig);
  expect(config.counts).toEqual({ windowS: 60, events: true });
  expect(config.cameras[0]?.fps).toBe(10);
});

test("paths are relative to the file", async () => {
  const dir = await tempDir();
  await writeFile(join(dir, "d.yaml"), DOOR_CONFIG);
  const config = await loadDeviceConfig(join(dir, "d.yaml"));
  expect(config.dataDir).toBe(join(dir, "data"));
  expect(config.cameras[0]?.source).toBe(join(dir, "door.mp4"));
});

test("a missing file is the configuration's fault", async () => {
  await expect(loadDeviceConfig("/nowhere/d.yaml")).rejects.toMatchObject({
    code: "CONFIG_NOT_FOUND",
    fault: "config",
  });
});
