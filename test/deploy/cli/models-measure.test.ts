import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { expect, it } from "vitest";
import { registerModelsCommand } from "../../../deploy/cli/commands/models.ts";
import { readLinesFile } from "../../../deploy/cli/lines-file.ts";
import { runnableYolox } from "../../models/support/made-models.ts";
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
