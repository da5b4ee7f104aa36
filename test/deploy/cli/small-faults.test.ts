import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { MODELS_DIR } from "../../support/sample.ts";
import { tempDir } from "../../support/temp-dir.ts";

const KAZOE = fileURLToPath(new URL("../../../dist/deploy/cli/kazoe.js", import.meta.url));
const DEVICE = "tenant: t\nstore: s\ndevice: d\ncameras: [{ id: street, source: a.mp4 }]\n";
const ROWS = Array.from({ length: 50 }, (_, i) => `${i + 1},-1,${100 + i},100,50,120,0.9\n`).join("");

/** Runs `kazoe` in a folder with a configuration and detections. */
async function kazoe(line: string) {
  const dir = await tempDir();
  await writeFile(join(dir, "device.yaml"), DEVICE);
  await writeFile(join(dir, "det.txt"), ROWS);
  await symlink("det.txt", join(dir, "link.txt"));
  const args = line.split(" ").map((part) => (part === "EMPTY" ? "" : part));
  const env = { ...process.env, KAZOE_HOME: join(MODELS_DIR, "..") };
  const child = spawn(process.execPath, [KAZOE, ...args], { cwd: dir, stdio: ["ignore", "pipe", "pipe"], env });
  const [out, said, [code]] = await Promise.all([
    child.stdout.setEncoding("utf8").toArray(),
    child.stderr.setEncoding("utf8").toArray(),
    once(child, "exit"),
  ]);
  return { dir, out: out.join(""), said: said.join(""), code };
}

const REPLAY = "replay --config device.yaml --model ssdlite-mobilenetv2-300x300 --json";
const TRACK = "track --fps 7 --size 640x480 --json --detections det.txt --out";

test.each([
  { line: "token --file nope/x/y --json", code: "USAGE", says: "There is no folder nope/x" },
  { line: "token --file EMPTY --json", code: "USAGE", says: "Write a path" },
  { line: `${REPLAY} --out EMPTY`, code: "USAGE", says: "Write a path" },
  { line: `${REPLAY} --out r --video EMPTY`, code: "USAGE", says: "Write a path" },
  { line: "demo --once --out d --port 99999 --json", code: "USAGE", says: "0 to 65535" },
  { line: "demo --once --out d --port EMPTY --json", code: "USAGE", says: "0 to 65535" },
  { line: "demo --once --out d --video nope.mp4 --json", code: "VIDEO_NOT_FOUND", says: "nope.mp4" },
  { line: "demo --once --out d --video device.yaml --json", code: "VIDEO_UNREADABLE", says: "device.yaml" },
  { line: `${REPLAY} --out r --threads 999`, code: "USAGE", says: "0 to 64" },
  { line: `${REPLAY} --out r --video /dev/video999`, code: "VIDEO_NOT_FOUND", says: "/dev/video999: no such" },
  { line: `${TRACK} det.txt`, code: "USAGE", says: "--out and --detections are the same file: det.txt" },
  { line: `${TRACK} link.txt`, code: "USAGE", says: "--out and --detections are the same file: link.txt" },
  { line: "calendar show a/b 1969-12-31 --json --config x", code: "USAGE", says: "from 1970-01-01 to 9999-12-31" },
  { line: `${REPLAY} --out r --video r/tracks.txt`, code: "USAGE", says: "--out and the video are the same file" },
  { line: "--json", code: "USAGE", says: "--json" },
])("kazoe $line: $code", async ({ line, code, says }) => {
  const ended = await kazoe(line);
  expect(JSON.parse(ended.said)).toMatchObject({ error: { code, message: expect.stringContaining(says) } });
  expect(ended.code).toBe(2);
  expect(await readFile(join(ended.dir, "det.txt"), "utf8")).toBe(ROWS);
});

test("the version is JSON for a reader of JSON", async () => {
  const { out, code } = await kazoe("--version --json");
  expect(JSON.parse(out)).toEqual({ version: expect.any(String) });
  expect(code).toBe(0);
});
