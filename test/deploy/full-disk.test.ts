import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exportDashboards } from "../../cloud-ingest/dashboards/export-dashboards.ts";
import { writeDemoConfigs } from "../../deploy/demo/demo-config.ts";
import { freshFolder } from "../../deploy/demo/fresh-folder.ts";
import { createToken, writeTokenFile } from "../../deploy/setup/token.ts";
import { trackFile } from "../../edge-agent/mot/track-file.ts";
import { Outputs } from "../../edge-agent/replay/outputs.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { writeWhole } from "../../firmware-config/kit/on-disk.ts";
import { storeModel } from "../../models/model-store.ts";
import { eventDraft } from "../support/drafts.ts";
import { FakeWarehouse } from "../support/fake-warehouse.ts";
import { canMount, smallDisk } from "../support/small-disk.ts";
import { tempDir } from "../support/temp-dir.ts";

/** A folder on a disk without room. */
async function fullDisk(): Promise<string> {
  const { dir } = await smallDisk(1);
  const filling = writeFile(join(dir, "filler"), Buffer.alloc(2 * 1024 * 1024));
  await expect(filling.catch((error: unknown) => systemCodeOf(error))).resolves.toBe("ENOSPC");
  return dir;
}

const record = { name: "m", family: "ssd", inputWidth: 300, inputHeight: 300, sha256: "0".repeat(64) } as const;
const demo = { video: "a.mp4", isSample: false, videoS: 1, model: undefined, httpPort: 0 };

async function detections(): Promise<string> {
  const file = join(await tempDir(), "det.txt");
  await writeFile(file, Array.from({ length: 50 }, (_, i) => `${i + 1},-1,${100 + i},100,50,120,0.9\n`).join(""));
  return file;
}

async function replayInto(dir: string): Promise<void> {
  const outputs = await Outputs.open(dir, "cam-1");
  await outputs.sink.commit([eventDraft()]);
  await outputs.close();
}

describe.skipIf(!canMount)("a full disk is DISK_FULL with the file's name", () => {
  test.each([
    { name: "a whole file", file: "a.txt", write: (dir: string) => writeWhole(join(dir, "a.txt"), { parts: ["a"] }) },
    { name: "a replay's messages", file: "events.ndjson", write: replayInto },
    {
      name: "a replay's summary",
      file: "summary.json",
      write: async (dir: string) => {
        const outputs = await Outputs.open(dir, "cam-1");
        await outputs.close();
        await outputs.writeSummary({ frames: 1 });
      },
    },
    {
      name: "tracks",
      file: "tracks.txt",
      write: async (dir: string) => {
        const size = { fps: 10, width: 640, height: 480 };
        await trackFile({ detectionsPath: await detections(), ...size, outPath: join(dir, "tracks.txt") });
      },
    },
    { name: "a token", file: "t", write: (dir: string) => writeTokenFile(join(dir, "t"), createToken().token) },
    { name: "a model", file: "m.onnx", write: (dir: string) => storeModel(dir, Buffer.alloc(100), record) },
    {
      name: "the dashboards",
      file: "index.html",
      write: (dir: string) =>
        exportDashboards({ warehouse: new FakeWarehouse(), stores: [], outDir: dir, clock: systemClock }),
    },
    {
      name: "a demo's configuration",
      file: "device.token",
      write: (dir: string) => writeDemoConfigs({ dir, ...demo }),
    },
    { name: "a demo's folder", file: ".made-by-kazoe-demo", write: freshFolder },
  ])("$name", async ({ file, write }) => {
    const dir = await fullDisk();
    const error: unknown = await Promise.resolve(write(dir)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "DISK_FULL", fault: "environment" });
    expect(String(error)).toContain(join(dir, file));
  });
});

test.each(["/proc/kazoe", "/dev/full/out"])(
  "what a command cannot write to %s is told with a hint for the command",
  async (dir) => {
    const failure = await Outputs.open(dir, "cam-1").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "DISK_UNWRITABLE", hint: expect.stringContaining("--out") });
    expect(failure).not.toMatchObject({ hint: expect.stringMatching(/dataDir|by itself/) });
  },
);

test("the device that is always full", async () => {
  const size = { fps: 10, width: 640, height: 480 };
  const tracking = trackFile({ detectionsPath: await detections(), ...size, outPath: "/dev/full" });
  await expect(tracking).rejects.toMatchObject({ code: "DISK_FULL", message: "The disk is full: /dev/full" });
});
