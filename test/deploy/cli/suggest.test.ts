import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { beforeAll, expect, test } from "vitest";
import { registerSuggestCommand } from "../../../deploy/cli/commands/suggest.ts";
import { createContext } from "../../../deploy/cli/context.ts";
import { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { deviceFaults } from "../../../firmware-config/config/device-rules.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";

let folder = "";
let detections = "";

/** Eleven people from the left border to the right one, and a thing, ten pictures a second. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kazoe-test-"));
  detections = join(folder, "det.txt");
  const rows: string[] = [];
  for (let frame = 1; frame <= 1500; frame++) {
    const step = (frame % 140) - 40;
    if (step >= 0) rows.push(`${frame},-1,${5 + 9.5 * step - 20},200,40,100,0.9`);
    rows.push(`${frame},-1,500,400,40,100,0.9`);
  }
  await writeFile(detections, rows.join("\n"));
});

async function suggest(...args: readonly string[]): Promise<string> {
  const out: string[] = [];
  const context = { ...createContext(process.env), write: (text: string) => void out.push(text) };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  registerSuggestCommand(program, context);
  await program.parseAsync(["suggest", ...args], { from: "user" });
  return out.join("");
}

const OF_FILE = () => ["--detections", detections, "--fps", "10", "--size", "1000x600"];

test("what it prints can be put below a camera", async () => {
  const yaml = await suggest(...OF_FILE());
  const below = yaml.replace(/^/gm, "    ");
  const { cameras } = parseConfig(
    `tenant: t\nstore: s\ndevice: d\ncameras:\n  - id: door\n    source: a.mp4\n${below}\n`,
    "d.yaml",
    DeviceConfig,
    deviceFaults,
  );
  expect(cameras[0]?.entries.map(({ id }) => id)).toEqual(["entry-1", "entry-2"]);
  expect(cameras[0]?.masks.map(({ id }) => id)).toEqual(["mask-1"]);
});

test("--json says the same, and --plot draws it", async () => {
  const plot = join(folder, "areas.svg");
  const { entries, masks, walkers, things } = JSON.parse(await suggest(...OF_FILE(), "--json", "--plot", plot));
  expect({ entries: entries.length, masks: masks.length, walkers, things }).toEqual({
    entries: 2,
    masks: 1,
    walkers: 11,
    things: 1,
  });
  expect((await readFile(plot, "utf8")).match(/<polygon /g)).toHaveLength(3);
});

test.each([
  { name: "nothing to watch", args: () => [], error: /Name one of/ },
  { name: "two things to watch", args: () => [...OF_FILE(), "--tracks", "a.txt"], error: /Name one of/ },
  { name: "a film without its camera", args: () => ["--video", "a.mp4"], error: /--video needs --config/ },
  {
    name: "boxes without a size",
    args: () => ["--detections", detections, "--fps", "10"],
    error: /needs --fps and --size/,
  },
  { name: "a plot over what is read", args: () => [...OF_FILE(), "--plot", detections], error: /--plot/ },
])("refused: $name", async ({ args, error }) => {
  await expect(suggest(...args())).rejects.toThrow(error);
});

test("tracks that are too many are told, not lost in silence", async () => {
  const tracks = join(folder, "many.txt");
  const rows = Array.from({ length: 5003 }, (_, id) =>
    [1, 2].map((at) => `${10 * id + at},${id + 1},${at},9,40,100,1`),
  );
  await writeFile(tracks, rows.flat().join("\n"));
  const file = ["--tracks", tracks, "--fps", "10", "--size", "1000x600"];
  expect(await suggest(...file)).toContain("# 3 more tracks were too many and are left out");
  expect(JSON.parse(await suggest(...file, "--json"))).toMatchObject({ leftOut: 3 });
});
