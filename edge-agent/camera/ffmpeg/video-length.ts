import { DEFAULT_FFMPEG, findFfmpeg } from "./ffmpeg-tools.ts";
import { probeSource } from "./ffprobe.ts";

const TIMEOUT_MS = 5_000;

/** Seconds that a video file lasts; undefined when it does not say, or cannot be read: whoever plays it will tell why. */
export async function videoLengthS(path: string): Promise<number | undefined> {
  const limits = { timeoutMs: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS) };
  try {
    const probe = await probeSource({ kind: "file", path }, { ...limits, tools: await findFfmpeg(DEFAULT_FFMPEG) });
    return probe.durationS || undefined;
  } catch {
    return undefined;
  }
}
