import type { DecoderConfig } from "../../../firmware-config/config/decoder.ts";
import type { ReadPlan } from "../reader.ts";

/** Decoders that ffmpeg names by codec, `h264_v4l2m2m`; all else are methods of `-hwaccel`. */
const NAMED: ReadonlySet<DecoderConfig["type"]> = new Set(["v4l2m2m", "nvv4l2dec"]);
/** Codecs whose decoders are called otherwise than the codec. */
const SHORT: Readonly<Record<string, string>> = { mpeg1video: "mpeg1", mpeg2video: "mpeg2" };
/** What is assumed where nobody says: the commonest of cameras. */
const USUAL_CODEC = "h264";

/** True for a decoder that ffmpeg knows as one of its own for each codec. */
export function isNamedDecoder(type: DecoderConfig["type"]): boolean {
  return NAMED.has(type);
}

/**
 * Pure: the options before `-i` for decoding in hardware. ffmpeg brings the pictures back to memory by itself, as long as no output format is
 * named, and decodes in software what the hardware does not know; a device that is not there ends it before the first frame.
 */
export function decoderArguments({ decoder, codec, stream }: Pick<ReadPlan, "decoder" | "codec" | "stream">): string[] {
  if (decoder === undefined || decoder.type === "software") return [];
  const { type, device } = decoder;
  if (isNamedDecoder(type)) return [`-c:${stream}`, `${shortName(codec ?? USUAL_CODEC)}_${type}`];
  return ["-hwaccel", type, ...(device === undefined ? [] : ["-hwaccel_device", device])];
}

function shortName(codec: string): string {
  return SHORT[codec] ?? codec;
}
