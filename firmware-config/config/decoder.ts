import Type from "typebox";
import { DECODERS } from "../contract/decoder.ts";

/** What decodes the pictures of one camera. */
export const DecoderConfig = Type.Object(
  {
    type: Type.Enum(DECODERS, {
      default: "software",
      description:
        "software, or what this machine's ffmpeg decodes with in hardware: auto (whatever it finds), vaapi (Intel, AMD), cuda (NVIDIA cards), v4l2m2m and drm (Raspberry Pi), nvv4l2dec (Jetson), videotoolbox (Mac), d3d11va (Windows), qsv, vulkan; what cannot be had is done in software, and log and health say so",
    }),
    device: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: "which one, where there are several: /dev/dri/renderD128 (vaapi, drm), 0 (cuda)",
      }),
    ),
  },
  { additionalProperties: false, default: {}, description: "what decodes the pictures; only with driver ffmpeg" },
);

export type DecoderConfig = Type.Static<typeof DecoderConfig>;
export type DecoderType = DecoderConfig["type"];
