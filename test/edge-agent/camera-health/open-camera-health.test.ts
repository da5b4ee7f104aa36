import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openCameraHealth } from "../../../edge-agent/camera-health/open-camera-health.ts";
import { watchFrames } from "../../../edge-agent/camera-health/watch-frames.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { walkConfig } from "../walk.ts";
import { busy, place, SHAPE, ShopCamera, shifted } from "./shop.ts";

const LEARNED = (() => {
  const camera = new ShopCamera();
  camera.show(busy(), 150);
  return camera.health.takeLearned() ?? "";
})();
const UNUSABLE = "warn what was learned of the camera's view is unusable; it is learned anew";

async function setUp(text?: string) {
  const dataDir = await tempDir();
  const file = join(dataDir, "camera-health", "street.json");
  if (text !== undefined) {
    await mkdir(dirname(file));
    await writeFile(file, text);
  }
  const [config, yard] = walkConfig(dataDir, ["street", "yard"]).cameras;
  const log = new LogRecorder();
  const clock = new ManualClock("2026-03-02T10:00:00Z");
  const open = (one = config!) => openCameraHealth({ config: one, shape: SHAPE, dataDir, clock, log });
  return { file, log, open, yard: yard! };
}

/** The agent's own reading of a first frame. */
async function seeOne(health: Awaited<ReturnType<typeof openCameraHealth>>) {
  const frame = { cameraId: "street", index: 0, captureMs: 0, atS: 0, picture: { width: 640, height: 480 } };
  const frames = async function* () {
    yield { ...frame, data: new Uint8Array(128 * 96 * 3).fill(90), release: () => {} };
  };
  for await (const _ of watchFrames(frames(), health));
}

const ofThisSetUp = async (change: (file: Record<string, unknown>) => object) => {
  const { open, file } = await setUp();
  const health = await open();
  await health.keep(LEARNED);
  return JSON.stringify(change(JSON.parse(await readFile(file, "utf8"))));
};

test("what is kept stands in one file of each camera, for its owner alone", async () => {
  const { open, file, yard, log } = await setUp();
  await (await open()).keep(LEARNED);
  await (await open(yard)).keep("{}");
  expect(await readFile(file, "utf8")).toBe(LEARNED);
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(await readFile(file.replace("street", "yard"), "utf8")).toBe("{}");
  expect(log.lines).toEqual(["info the camera's view is learned", "info the camera's view is learned"]);
});

test.each([
  { name: "no JSON", text: async () => "{", reason: /./ },
  { name: "empty", text: async () => "", reason: /./ },
  { name: "another version", text: () => ofThisSetUp((file) => ({ ...file, v: 2 })), reason: /\/v/ },
  { name: "an unknown field", text: () => ofThisSetUp((file) => ({ ...file, picture: "AAAA" })), reason: /./ },
  { name: "no text", text: async () => "\0\0\0", reason: /not a text/ },
  { name: "far too long", text: async () => "x".repeat(100_000), reason: /larger than/ },
])("a file that is $name is told once, and the view learned anew", async ({ text, reason }) => {
  const { open, log } = await setUp(await text());
  const health = await open();
  await seeOne(health);
  expect(log.lines).toEqual([UNUSABLE]);
  expect(log.fields[0]).toMatchObject({ camera: "street", reason: expect.stringMatching(reason) });
  expect(health.view({ status: "ok" }).view).toBe("unknown");
});

test.each([
  { name: "shorter than it says", change: (view: Record<string, unknown>) => ({ ...view, across: "AAAA" }) },
  {
    name: "with blocks of a kind that there is not",
    change: (view: object) => ({ ...view, edges: Buffer.alloc(48, 9).toString("base64") }),
  },
])("a view that is $name is not used", ({ change }) => {
  const file = JSON.parse(LEARNED);
  const camera = new ShopCamera({ kept: JSON.stringify({ ...file, views: file.views.map(change) }) });
  camera.show(busy(shifted(place(), 12, 0)), 100);
  expect(camera.unusable).toMatchObject([{ isOther: false, reason: "a view is not as large as the file says" }]);
  expect(camera.turns).toEqual([]);
});

test("a file of another set-up is no fault", async () => {
  const { open, log } = await setUp(LEARNED);
  await seeOne(await open());
  expect(log.lines).toEqual(["info the camera's view is learned anew"]);
});

test("a disk that takes nothing keeps no camera from counting", async () => {
  const { open, file, log } = await setUp();
  await writeFile(dirname(file), "in the way");
  await (await open()).keep(LEARNED);
  expect(log.lines.at(-1)).toBe("warn what was learned of the camera's view is not kept");
});
