/**
 * What decodes a camera's pictures, in ffmpeg's own words: methods of `-hwaccel`, and the two families of decoders that are none of
 * them, `v4l2m2m` (Linux, Raspberry Pi) and `nvv4l2dec` (NVIDIA's ffmpeg for Jetson).
 */
export const DECODERS = [
  "software",
  "auto",
  "vaapi",
  "qsv",
  "cuda",
  "drm",
  "vulkan",
  "videotoolbox",
  "d3d11va",
  "v4l2m2m",
  "nvv4l2dec",
] as const;
