import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decoderWarnings } from "../../../../edge-agent/camera/ffmpeg/decoder-warnings.ts";
import type { CameraConfig } from "../../../../firmware-config/config/device.ts";
import { tempDir } from "../../../support/temp-dir.ts";

/** An ffmpeg that knows vaapi and drm, and one decoder of v4l2m2m. */
async function ffmpegOf(): Promise<string> {
  const path = join(await tempDir(), "ffmpeg");
  const methods =
    'case "$2" in -hwaccels) printf "Hardware acceleration methods:\\nvaapi\\ndrm\\n\\n";; *) echo " V..... h264_v4l2m2m  V4L2";; esac';
  await writeFile(path, `#!/bin/sh\n${methods}\n`);
  await chmod(path, 0o755);
  return path;
}

const camera = (decoder: CameraConfig["decoder"], driver: CameraConfig["driver"] = "ffmpeg") => ({
  id: "door",
  driver,
  decoder,
});

describe.skipIf(process.platform === "win32")("what speaks against a hardware decoder", () => {
  it.each([
    { name: "software", decoder: { type: "software" }, warnings: [] },
    { name: "whatever there is", decoder: { type: "auto" }, warnings: [] },
    { name: "a method that is known", decoder: { type: "vaapi" }, warnings: [] },
    { name: "a decoder that is known", decoder: { type: "v4l2m2m" }, warnings: [] },
    { name: "a number as device", decoder: { type: "vaapi", device: "0" }, warnings: [] },
    {
      name: "a method that is not",
      decoder: { type: "cuda" },
      warnings: ["this machine's ffmpeg does not know cuda, only vaapi, drm; software would decode"],
    },
    {
      name: "a decoder that is not",
      decoder: { type: "nvv4l2dec" },
      warnings: ["this machine's ffmpeg has no nvv4l2dec decoders; software would decode"],
    },
    {
      name: "a device that is not there",
      decoder: { type: "vaapi", device: "/dev/dri/none" },
      warnings: ["/dev/dri/none cannot be opened (ENOENT); software would decode"],
    },
  ] as const)("$name", async ({ decoder, warnings }) => {
    const found = await decoderWarnings([camera(decoder)], await ffmpegOf());
    expect(found).toEqual(warnings.length === 0 ? [] : [{ camera: "door", warnings }]);
  });

  it("is that there is no ffmpeg to ask", async () => {
    const [found] = await decoderWarnings([camera({ type: "auto" })], "/nowhere/ffmpeg");
    expect(found?.warnings).toEqual([expect.stringMatching(/cannot be asked whether it decodes with auto: .*ENOENT/)]);
  });

  it("is not asked of a camera without", async () => {
    expect(await decoderWarnings([camera({ type: "software" })], "/nowhere/ffmpeg")).toEqual([]);
  });
});
