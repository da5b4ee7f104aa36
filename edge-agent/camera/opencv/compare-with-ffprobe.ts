import type { Source } from "../../../firmware-config/config/source.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { DEFAULT_FFMPEG, type FfmpegPaths, findFfmpeg } from "../ffmpeg/ffmpeg-tools.ts";
import { probeSource } from "../ffmpeg/ffprobe.ts";
import { type Probe, sizeText } from "../probe.ts";

type FileSource = Extract<Source, { kind: "file" }>;

interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const UNCHECKED = "no ffprobe here: of a file with several pictures OpenCV reads the first, not the largest";

/**
 * OpenCV reads a file's first picture and does not tell of others, where the port promises the largest. ffprobe, where it is there, tells:
 * a file that the two would show differently is refused with VIDEO_UNREADABLE.
 */
export async function compareWithFfprobe(
  source: FileSource,
  probe: Probe,
  { paths = DEFAULT_FFMPEG, ...limits }: Limits & { readonly paths?: FfmpegPaths },
): Promise<Probe> {
  const other = await askFfprobe(source, paths, limits);
  if (other === "missing") return { ...probe, warning: UNCHECKED };
  if (other === undefined) return probe;
  if (sizeText(other.picture) !== sizeText(probe.picture)) throw shownOtherwise(source, probe, other);
  const { stream, pictures } = other;
  return { ...probe, stream, pictures };
}

/** Undefined when ffprobe cannot read the file: OpenCV could. */
async function askFfprobe(
  source: FileSource,
  paths: FfmpegPaths,
  limits: Limits,
): Promise<Probe | "missing" | undefined> {
  try {
    return await probeSource(source, { ...limits, tools: await findFfmpeg(paths) });
  } catch (error) {
    limits.signal.throwIfAborted();
    return error instanceof AppError && error.code === "FFMPEG_NOT_FOUND" ? "missing" : undefined;
  }
}

function shownOtherwise(source: FileSource, probe: Probe, other: Probe): AppError {
  const [ours, theirs] = [sizeText(probe.picture), sizeText(other.picture)];
  return new AppError(`${source.path}: OpenCV would read a picture of ${ours}, and the file's is ${theirs}`, {
    code: "VIDEO_UNREADABLE",
    hint: "Choose driver: ffmpeg for this file: OpenCV reads the first of several pictures, not the largest.",
  });
}
