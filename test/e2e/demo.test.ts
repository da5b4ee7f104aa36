import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { isInstalled, startKazoe } from "../support/processes.ts";
import { streetVideo } from "../support/sample.ts";
import { tempDir } from "../support/temp-dir.ts";

const hasFfmpeg = await isInstalled("ffmpeg", "-version");
const video = streetVideo();
if (!hasFfmpeg || !video) console.warn("skipped: the demo needs ffmpeg and the sample video");

/** Enough of the video for every kind of number. */
const SECONDS = "30";
/** What a person would count: people walk over both lines in both directions. Bounds leave room for another model build. */
const SEEN = { least: 3, most: 16 };

test.skipIf(!hasFfmpeg || !video)(
  "the demo counts, stores by date, tells of an ill device, shows what it prints, serves until it is stopped, and starts anew when it runs again",
  { timeout: 480_000 },
  async () => {
    const out = await tempDir();
    const cut = join(await tempDir(), "street.avi");
    await promisify(execFile)("ffmpeg", ["-v", "error", "-t", SECONDS, "-i", video ?? "", "-c", "copy", cut]);
    const first = await demo(out, cut);
    for (const id of ["middle", "across"]) {
      const line = first.lines.find((one: { id: string }) => one.id === id);
      expect(line.in + line.out, id).toBeGreaterThanOrEqual(SEEN.least);
      expect(line.in + line.out, id).toBeLessThanOrEqual(SEEN.most);
    }
    expect(first.page.status).toBe(200);
    expect(first.page.text).toContain("デモ通り");
    expect(first.csv).toContain("across");
    expect(await readFile(join(out, "dashboard", "demo", "street.html"), "utf8")).toContain("デモ通り");
    expect(await readdir(join(out, "cloud-data", "warehouse", "counts"))).toContainEqual(
      expect.stringMatching(/^date=\d{4}-\d{2}-\d{2}$/),
    );
    const second = await demo(out, cut);
    expect(second.lines).toEqual(first.lines);
    for (const run of [first, second]) expect(numbersOf(run.page.text)).toEqual(inAndOut(run.lines));
    expect(second.page.text).not.toContain('class="state offline"');
    expect(second.alerts).toMatchObject([{ device: "demo/street/cam-02", severity: "warning" }]);
    expect(second.alerts[0].reason).toContain("back-door: cameraView black");
    expect(second.operations.status).toBe(200);
    for (const { consequence, firstStep } of second.alerts)
      for (const text of ["cam-02", consequence, firstStep]) expect(second.operations.text).toContain(text);
    expect(second.page.text).not.toContain('role="status"');
  },
);

const inAndOut = (lines: readonly { in: number; out: number }[]) =>
  lines.flatMap((line) => [line.in, line.out]).sort((a, b) => a - b);

/** The big numbers of the lines of a page, smallest first. */
function numbersOf(page: string): readonly number[] {
  const lines = [...page.matchAll(/<dt><i class="swatch (?:in|out)">.*?<dd><b>(\d+)<\/b>/gs)];
  return lines.map(([, count]) => Number(count)).sort((a, b) => a - b);
}

/** Runs the demo until it serves, looks at what it serves, and stops it as Ctrl-C does. */
async function demo(out: string, cut: string) {
  const run = startKazoe(["demo", "--json", "--out", out, "--video", cut]);
  await expect.poll(run.output, { timeout: 200_000, interval: 200 }).toContain("Ctrl-C ends");
  const url = /http:\S+/.exec(run.output())?.[0] ?? "";
  const response = await fetch(url);
  const page = { status: response.status, text: await response.text() };
  const csv = await (await fetch(`${url}/traffic.csv`)).text();
  const found = await fetch(/http:\S+\/operations/.exec(run.output())?.[0] ?? "");
  const operations = { status: found.status, text: await found.text() };
  run.child.kill("SIGINT");
  expect(await run.exited, run.output()).toBe(0);
  const { lines, alerts } = JSON.parse(/^\{.*\}$/m.exec(run.output())?.[0] ?? "{}");
  return { lines, alerts, page, csv, operations };
}
