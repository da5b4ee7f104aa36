import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openSocketPair } from "../../../edge-agent/camera/socket-pair.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** Sends a word through a pair and returns what arrives. */
async function say(word: string): Promise<string> {
  const buffer = new Uint8Array(64);
  let heard = "";
  const { ours, theirs } = await openSocketPair({
    buffer,
    callback: (count) => {
      heard += Buffer.from(buffer.subarray(0, count)).toString();
      return true;
    },
  });
  theirs.end(word);
  await once(ours, "end");
  ours.destroy();
  return heard;
}

describe.skipIf(process.platform === "win32")("openSocketPair", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("carries bytes", async () => {
    expect(await say("hello")).toBe("hello");
  });

  it("works in a temporary folder whose name is longer than a socket's may be", async () => {
    const folder = join(await tempDir(), "x".repeat(150));
    await mkdir(folder);
    vi.stubEnv("TMPDIR", folder);
    expect(await say("hello")).toBe("hello");
  });

  it("says what to do about a temporary folder that cannot be used", async () => {
    vi.stubEnv("TMPDIR", "/nowhere");
    await expect(say("hello")).rejects.toMatchObject({
      code: "DISK_UNWRITABLE",
      message: expect.stringContaining("/nowhere"),
      hint: expect.stringContaining("TMPDIR"),
      retryable: true,
    });
  });
});
