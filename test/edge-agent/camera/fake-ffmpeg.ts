import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FfmpegPaths } from "../../../edge-agent/camera/ffmpeg/ffmpeg-tools.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** What ffprobe says of a camera. */
export const PROBE = '{"streams":[{"width":64,"height":48,"avg_frame_rate":"10/1"}]}';

/** Programs that behave as badly as cameras do; `$1` of the version question is `-version`. */
export async function fakeFfmpeg(
  stream: string,
  probe = `echo '${PROBE}'`,
): Promise<FfmpegPaths & { readonly dir: string }> {
  const dir = await tempDir();
  const write = async (name: string, body: string) => {
    const path = join(dir, name);
    await writeFile(path, `#!/bin/sh\ncd '${dir}'\n${body}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const version = 'if [ "$1" = -version ]; then echo "ffmpeg version 5.1"; exit; fi';
  const count = 'n=$(cat runs 2>/dev/null || echo 0); n=$((n + 1)); echo $n >runs; echo "$@" >>args';
  return {
    dir,
    ffmpegPath: await write("ffmpeg", `${version}\n${count}\n${stream}`),
    ffprobePath: await write("ffprobe", probe),
  };
}
