import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { expect, it } from "vitest";
import { readClipsFile } from "../../../deploy/cli/clips-file.ts";
import { registerModelsCommand } from "../../../deploy/cli/commands/models.ts";
import { readLinesFile } from "../../../deploy/cli/lines-file.ts";
import { keepGates, storeModel } from "../../../models/model-store.ts";
import { resolveModel } from "../../../models/registry.ts";
import { runnableYolox } from "../../models/support/made-models.ts";
import { isInstalled } from "../../support/processes.ts";
import { sharedFile } from "../../support/sample.ts";
import { tempDir } from "../../support/temp-dir.ts";

async function run(...args: string[]): Promise<{ readonly out: string; readonly notes: string }> {
  const [written, noted]: [string[], string[]] = [[], []];
  const program = new Command("kazoe").exitOverride();
  registerModelsCommand(program, {
    modelsDir: await tempDir(),
    interactive: false,
    write: (text) => written.push(text),
    note: (text) => noted.push(text),
  });
  await program.parseAsync(["models", ...args], { from: "user" });
  return { out: written.join(""), notes: noted.join("") };
}

it("bench tells the time of a picture, and what it runs on", async () => {
  const file = join(await tempDir(), "m.onnx");
  await writeFile(file, runnableYolox());
  const provider = process.platform === "win32" ? "coreml" : "dml";
  const { out, notes } = await run(
    "bench",
    file,
    "--seconds",
    "0.2",
    "--threads",
    "1",
    "--provider",
    provider,
    "--json",
  );
  const result = JSON.parse(out);
  expect(result).toMatchObject({ model: "m", family: "yolox", width: 96, height: 64, provider: "cpu" });
  expect(result.pictures).toBeGreaterThan(1);
  expect(result.p95Ms).toBeGreaterThanOrEqual(result.p50Ms);
  expect(result.peakRssMb).toBeGreaterThan(10);
  expect(notes).toContain(`the model runs on the CPU, not on ${provider}`);
  expect((await run("bench", file, "--seconds", "0.1")).out).toMatch(/a picture.*ms \(median\)/);
});

const [video, truth, lines] = [
  sharedFile("video", "one-by-one.mp4"),
  sharedFile("mot", "PETS09-S2L1", "gt.txt"),
  sharedFile("mot", "PETS09-S2L1", "lines.json"),
];

it.skipIf(!video || !truth || !lines)(
  "eval scores a model against the truth (needs ../shared/data)",
  async () => {
    const file = join(await tempDir(), "m.onnx");
    await writeFile(file, runnableYolox());
    const args = ["--video", video ?? "", "--truth", truth ?? "", "--lines", lines ?? "", "--json"];
    const found = JSON.parse((await run("eval", file, ...args)).out);
    // A made model finds nobody, and that is another film's truth.
    expect(found).toMatchObject({ hota: expect.any(Number), idf1: expect.any(Number), mota: expect.any(Number) });
    expect(found.lines).toHaveLength(6);
    expect(found.videoFps).toBeGreaterThan(5);
  },
  60_000,
);

it("reads lines in parts of the picture and in pixels, and refuses others", async () => {
  const file = join(await tempDir(), "lines.json");
  const write = (value: unknown) => writeFile(file, JSON.stringify(value));
  await write([{ id: "a", from: [0.5, 0], to: [0.5, 1] }]);
  expect((await readLinesFile(file))({ width: 200, height: 100 })).toMatchObject([{ from: [0.5, 0], confirmS: 0.4 }]);
  await write([{ id: "a", from: [100, 0], to: [100, 50] }]);
  const inPixels = await readLinesFile(file);
  expect(inPixels({ width: 200, height: 100 })).toMatchObject([{ from: [0.5, 0], to: [0.5, 0.5] }]);
  expect(() => inPixels({ width: 50, height: 50 })).toThrow(/line a is none in a picture of 50x50/);
  for (const wrong of [{}, [], [{ id: "a", from: [0, 0] }], [{ id: "a", from: [0, -1], to: [1, 1] }]]) {
    await write(wrong);
    await expect(readLinesFile(file)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  }
});

it("reads films that a person has counted, their paths beside the file, and refuses others", async () => {
  const dir = await tempDir();
  const file = join(dir, "clips.json");
  const write = (value: unknown) => writeFile(file, JSON.stringify(value));
  const door = { video: "films/door.mp4", lines: [{ from: [0, 0.5], to: [1, 0.5], in: 3, out: 1 }] };
  const shelf = {
    video: "b.mp4",
    fps: 5,
    zones: [
      {
        id: "shelf",
        polygon: [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
        visits: 2,
        stops: 1,
      },
    ],
  };
  await write([door, shelf]);
  await expect(readClipsFile(file)).rejects.toMatchObject({ code: "VIDEO_NOT_FOUND" });
  await mkdir(join(dir, "films"));
  await writeFile(join(dir, "films", "door.mp4"), "");
  await writeFile(join(dir, "b.mp4"), "");
  expect(await readClipsFile(file)).toMatchObject([
    {
      name: "door",
      video: join(dir, "films", "door.mp4"),
      fps: 10,
      lines: [{ line: { id: "line-1" }, in: 3, out: 1 }],
    },
    { name: "b", fps: 5, zones: [{ zone: { id: "shelf", stopS: 10 }, visits: 2, stops: 1 }] },
  ]);
  for (const wrong of [
    [door],
    [door, { video: "a.mp4" }],
    [door, { ...shelf, fsp: 5 }],
    {},
    [door, { ...door, lines: [{ from: [0, 2], to: [1, 1], in: 0, out: 0 }] }],
  ]) {
    await write(wrong);
    await expect(readClipsFile(file)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  }
  await symlink(join(dir, "b.mp4"), join(dir, "again.mp4"));
  await write([door, shelf, { ...shelf, video: "again.mp4" }]);
  await expect(readClipsFile(file)).rejects.toThrow("/2 is the film of /1");
  await write([door, { ...shelf, fsp: 5 }]);
  await expect(readClipsFile(file)).rejects.toThrow("/1/fsp is no key that is known here");
  // A camera never ends.
  await write([door, { ...shelf, video: "/dev/zero" }]);
  await expect(readClipsFile(file)).rejects.toMatchObject({ code: "VIDEO_NOT_FOUND" });
});

it.each([
  { args: [], says: "eval needs --video and --truth, or --clips" },
  { args: ["--video", "a.mp4", "--truth", "gt.txt", "--write"], says: "--write needs --clips" },
  { args: ["--clips", "c.json", "--video", "a.mp4"], says: "--clips stands alone" },
])("eval $args is told what is missing", async ({ args, says }) => {
  await expect(run("eval", "m.onnx", ...args)).rejects.toMatchObject({ code: "USAGE", message: says });
});

const hasFfmpeg = await isInstalled("ffmpeg", "-version");
if (!hasFfmpeg) console.warn("skipped: tests of videos need ffmpeg");

it.runIf(hasFfmpeg)(
  "eval --clips tries a model on films, and says which cannot keep the result before it works",
  async () => {
    const dir = await tempDir();
    const model = join(dir, "m.onnx");
    await writeFile(model, runnableYolox());
    const grey = ["-v", "error", "-f", "lavfi", "-i", "testsrc=s=96x64:r=10:d=1", "-c:v", "mpeg4"];
    await promisify(execFile)("ffmpeg", [...grey, join(dir, "a.mp4")]);
    await promisify(execFile)("ffmpeg", [...grey, join(dir, "b.mp4")]);
    const lines = [{ from: [0, 0.5], to: [1, 0.5], in: 2, out: 0 }];
    await writeFile(join(dir, "clips.json"), JSON.stringify(["a.mp4", "b.mp4"].map((video) => ({ video, lines }))));
    const clips = ["--clips", join(dir, "clips.json")];
    const found = JSON.parse((await run("eval", model, ...clips, "--json")).out);
    // A made model finds nobody, whatever the gates are.
    expect(found).toMatchObject({
      model: "m",
      isBetter: false,
      isWritten: false,
      clips: [{ now: 2, chosen: 2 }, { now: 2 }],
    });
    expect((await run("eval", model, ...clips)).out).toContain("keep the gates as they are");
    await expect(run("eval", model, ...clips, "--write")).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  },
  60_000,
);

it("gates are kept in the record of a stored model, and read from there", async () => {
  const dir = await tempDir();
  const bytes = runnableYolox();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const record = { name: "mine", family: "yolox", inputWidth: 96, inputHeight: 64, sha256, boxes: "grid" } as const;
  const stored = await storeModel(dir, bytes, record);
  const gates = { newTrackScore: 0.4, highScore: 0.25, lowScore: 0.1 };
  await keepGates(dir, stored, gates);
  expect(await resolveModel("mine", dir)).toEqual({ ...stored, gates });
});
