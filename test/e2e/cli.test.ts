import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureModel } from "../../models/registry.ts";
import { runnableYolox } from "../models/support/made-models.ts";
import { freePort, isInstalled, startKazoe } from "../support/processes.ts";
import { MODELS_DIR } from "../support/sample.ts";
import { tempDir } from "../support/temp-dir.ts";

const hasFfmpeg = await isInstalled("ffmpeg", "-version");
if (!hasFfmpeg) console.warn("skipped: tests of videos need ffmpeg");

const DEVICE = `tenant: t
store: s
device: cam-01
cameras:
  - id: street
    source: missing.mp4
    lines:
      - { id: door, from: [0.5, 0], to: [0.5, 1] }
`;

const CLOUD = (mqttPort: number, httpPort: number) => `stores:
  - { tenant: t, store: s, name: Shop, timeZone: Asia/Tokyo }
broker: { port: ${mqttPort} }
http: { port: ${httpPort} }
`;

async function kazoe(...args: string[]) {
  const process = startKazoe(args);
  const code = await process.exited;
  return { code, output: process.output() };
}

async function write(files: Record<string, string | Uint8Array>): Promise<string> {
  const dir = await tempDir();
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  return dir;
}

describe("help and usage", () => {
  test.each(["demo", "up", "agent", "cloud", "replay", "track", "count", "token", "check-config"])(
    "%s --help has --json and an example",
    async (command) => {
      const { code, output } = await kazoe(command, "--help");
      expect(code).toBe(0);
      expect(output).toContain("--json");
      expect(output).toContain(`$ kazoe ${command}`);
    },
  );

  test.each([
    { name: "unknown command", args: ["cuont"], says: "Did you mean count?" },
    { name: "missing option", args: ["agent"], says: "--config" },
    {
      name: "malformed size",
      args: ["count", "--tracks", "x", "--fps", "7", "--size", "big", "--config", "y"],
      says: "768x576",
    },
    { name: "nothing to check", args: ["check-config"], says: "--device" },
    { name: "no such file", args: ["agent", "--config", "/nowhere.yaml"], says: "CONFIG_NOT_FOUND" },
  ])("$name ends with 2 and says what to do", async ({ args, says }) => {
    const { code, output } = await kazoe(...args);
    expect(code).toBe(2);
    expect(output).toContain(says);
  });

  test("an error is JSON when JSON was asked for", async () => {
    const { code, output } = await kazoe("check-config", "--device", "/nowhere.yaml", "--json");
    expect(code).toBe(2);
    expect(JSON.parse(output)).toMatchObject({ error: { code: "CONFIG_NOT_FOUND", hint: expect.any(String) } });
  });

  test.each([
    { name: "an unknown option", args: ["check-config", "--devise", "x", "--json"], says: "--devise" },
    { name: "a missing option", args: ["agent", "--json"], says: "--config" },
    { name: "an unknown command", args: ["cuont", "--json"], says: "cuont" },
  ])("so is $name", async ({ args, says }) => {
    const { code, output } = await kazoe(...args);
    expect(code).toBe(2);
    expect(JSON.parse(output)).toMatchObject({ error: { code: "USAGE", message: expect.stringContaining(says) } });
  });
});

describe("configuration", () => {
  test("a typo names the file, the line and the nearest key", async () => {
    const dir = await write({ "device.yaml": DEVICE.replace("lines:", "line:") });
    const { code, output } = await kazoe("check-config", "--device", join(dir, "device.yaml"));
    expect(code).toBe(2);
    expect(output).toMatch(/device\.yaml:7:5 cameras\[0\]: unknown key "line"; did you mean "lines"\?/);
  });

  test("a camera driver that is not built is said, with the command that builds it", async () => {
    const device = DEVICE.replace("source: missing.mp4", "source: missing.mp4\n    driver: opencv");
    const dir = await write({ "device.yaml": device });
    const process = startKazoe(["check-config", "--device", join(dir, "device.yaml")], { KAZOE_HOME: dir });
    expect(await process.exited).toBe(2);
    expect(process.output()).toMatch(/driver opencv is not built.*npm run setup:opencv/s);
  });

  test("the same error from the agent as from the check, and no secret of an address in what is printed", async () => {
    const bad = DEVICE.replace("missing.mp4", "rtsp://user:hunter2@host/stream");
    const dir = await write({
      "bad.yaml": bad,
      "good.yaml": DEVICE.replace("missing.mp4", '"rtsp://host/s?key=hunter2"'),
    });
    const checked = await kazoe("check-config", "--device", join(dir, "bad.yaml"));
    expect(checked).toMatchObject({
      code: 2,
      output: expect.stringMatching(/bad\.yaml:6:13 cameras\[0\]\.source: no user/),
    });
    expect(await kazoe("agent", "--config", join(dir, "bad.yaml"))).toEqual(checked);
    const good = await kazoe("check-config", "--device", join(dir, "good.yaml"), "--json");
    expect(good.code).toBe(0);
    expect(JSON.parse(good.output).device.cameras[0].source).toBe("rtsp://host/s");
    expect(checked.output + good.output).not.toContain("hunter2");
  });

  test("a time zone that is none", async () => {
    const dir = await write({ "cloud.yaml": CLOUD(0, 0).replace("Asia/Tokyo", "Asia/Tokio") });
    const { code, output } = await kazoe("check-config", "--cloud", join(dir, "cloud.yaml"));
    expect(code).toBe(2);
    expect(output).toContain("stores[0].timeZone");
  });

  test("a token file that is not there", async () => {
    const dir = await write({ "device.yaml": `${DEVICE}mqtt: { tokenFile: device.token }\n` });
    const { code, output } = await kazoe("check-config", "--device", join(dir, "device.yaml"));
    expect(code).toBe(2);
    expect(output).toMatch(/mqtt\.tokenFile: .*device\.token.*kazoe token --file/s);
  });

  test("a model that cannot be used is found by the check as by a start, one that can be tells how long it took", {
    timeout: 120_000,
  }, async () => {
    const withModel = (file: string) => `${DEVICE}detector: { model: ${file} }\n`;
    const dir = await write({
      "bad.yaml": withModel("parts.onnx"),
      "good.yaml": withModel("free.onnx"),
      "cut.yaml": withModel("cut.onnx"),
      "parts.onnx": runnableYolox({ boxes: "parts" }),
      "free.onnx": runnableYolox({ free: "batch" }),
      "cut.onnx": runnableYolox().subarray(0, 20_000),
    });
    const bad = await kazoe("check-config", "--device", join(dir, "bad.yaml"));
    expect(bad).toMatchObject({ code: 2, output: expect.stringMatching(/another unit or order.*MODEL_INVALID/s) });
    const seconds = /\d+\.\d s/;
    const started = await kazoe("agent", "--config", join(dir, "bad.yaml"));
    expect({ ...started, output: started.output.replace(seconds, "") }).toEqual({
      ...bad,
      output: bad.output.replace(seconds, ""),
    });
    const cut = await kazoe("check-config", "--device", join(dir, "cut.yaml"));
    expect(cut).toMatchObject({ code: 2, output: expect.stringContaining("cut short") });
    const good = await kazoe("check-config", "--device", join(dir, "good.yaml"));
    expect(good).toMatchObject({ code: 0, output: expect.stringMatching(/free is usable: tried .* in \d+\.\d s/) });
    const json = await kazoe("check-config", "--device", join(dir, "good.yaml"), "--json");
    expect(JSON.parse(json.output).model).toMatchObject({ name: "free", boxes: "grid", probe: { boxes: "grid" } });
  });

  test("a token is written for this user alone, and never replaced", async () => {
    const file = join(await tempDir(), "device.token");
    const made = await kazoe("token", "--file", file, "--json");
    expect(made.code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const secret = (await readFile(file, "utf8")).trim();
    expect(made.output).not.toContain(secret);
    expect((await kazoe("token", "--file", file)).code).not.toBe(0);
    expect((await readFile(file, "utf8")).trim()).toBe(secret);
  });
});

describe("the cloud half", () => {
  test.each(["broker", "http"])("a port in use: %s", async (part) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const free = await freePort();
    const dir = await write({ "cloud.yaml": part === "broker" ? CLOUD(port, free) : CLOUD(free, port) });
    const { code, output } = await kazoe("cloud", "--config", join(dir, "cloud.yaml"));
    taken.close();
    expect(code).toBe(1);
    expect(output).toContain(`Port ${port}`);
    expect(output).toContain("PORT_IN_USE");
  });

  test("a data folder that is a file", async () => {
    const dir = await write({ "cloud.yaml": CLOUD(0, 0), data: "" });
    const { code, output } = await kazoe("cloud", "--config", join(dir, "cloud.yaml"));
    expect(code).toBe(1);
    expect(output).toContain("DISK_UNWRITABLE");
  });

  test("a broker open to the network without TLS is refused", async () => {
    const dir = await write({ "cloud.yaml": CLOUD(0, 0).replace("broker: {", "broker: { host: 0.0.0.0,") });
    const { code, output } = await kazoe("cloud", "--config", join(dir, "cloud.yaml"));
    expect(code).toBe(2);
    expect(output).toContain("allowPlaintext");
  });
});

describe.skipIf(!hasFfmpeg)("videos and models", () => {
  let model = "";
  beforeAll(async () => {
    model = (await ensureModel("ssdlite-mobilenetv2-300x300", MODELS_DIR)).path;
  });

  const replay = (dir: string, video: string, used = model) =>
    kazoe(
      "replay",
      "--config",
      join(dir, "device.yaml"),
      "--video",
      join(dir, video),
      "--model",
      used,
      "--out",
      join(dir, "out"),
    );

  test.each([
    { name: "a missing video", file: "other.mp4", code: "VIDEO_NOT_FOUND" },
    { name: "a video that is none", file: "video.mp4", code: "VIDEO_UNREADABLE" },
  ])("$name", async ({ file, code: expected }) => {
    const dir = await write({ "device.yaml": DEVICE, "video.mp4": Buffer.alloc(5_000, "rubbish") });
    const { code, output } = await replay(dir, file);
    expect(code, output).toBe(2);
    expect(output).toContain(expected);
  });

  test("a model file that is none", async () => {
    const dir = await write({ "device.yaml": DEVICE, "bad.onnx": "not a model", "video.mp4": "" });
    const { code, output } = await replay(dir, "video.mp4", join(dir, "bad.onnx"));
    expect(code).toBe(2);
    expect(output).toContain("MODEL_INVALID");
  });

  test("an agent without its token does not start", async () => {
    const rest = `mqtt: { tokenFile: device.token }\ndetector: { model: ${model} }\n`;
    const dir = await write({ "device.yaml": DEVICE + rest });
    const { code, output } = await kazoe("agent", "--config", join(dir, "device.yaml"));
    expect(code).toBe(2);
    expect(output).toContain("mqtt.tokenFile");
  });

  test("an output folder that is a file", async () => {
    const dir = await write({ "device.yaml": DEVICE, out: "" });
    const { code, output } = await replay(dir, "video.mp4");
    expect(code).toBe(1);
    expect(output).toContain("DISK_UNWRITABLE");
  });
});
