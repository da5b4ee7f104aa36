import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";
import { hasFfmpeg, hasOpencv, makeClip } from "./clips.ts";

const PLAYER = fileURLToPath(new URL("./play-forever.mjs", import.meta.url));

const isLinux = process.platform === "linux";

describe.skipIf(!isLinux || !hasFfmpeg())("ffmpeg", () => orphanSuite("ffmpeg"));
describe.skipIf(!isLinux || !hasFfmpeg() || !hasOpencv())("the process of OpenCV", () => orphanSuite("opencv"));

function orphanSuite(driver: string): void {
  it.each(["SIGKILL", "SIGTERM"] as const)("does not outlive an agent that ends by %s", async (signal) => {
    const clip = await makeClip(await tempDir(), "clip.avi", ["-c:v", "mjpeg"]);
    const agent = spawn(process.execPath, [PLAYER, clip, driver], { stdio: ["ignore", "pipe", "inherit"] });
    await once(agent.stdout, "data");
    const children = (await readFile(`/proc/${agent.pid}/task/${agent.pid}/children`, "utf8")).trim().split(" ");
    expect(children).toHaveLength(1);
    agent.kill(signal);
    await once(agent, "exit");
    await vi.waitFor(() => expect(existsSync(`/proc/${children[0]}`)).toBe(false), { timeout: 5000 });
  });
}
