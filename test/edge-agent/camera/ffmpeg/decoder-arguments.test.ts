import { expect, test } from "vitest";
import { decoderArguments } from "../../../../edge-agent/camera/ffmpeg/decoder-arguments.ts";

test.each([
  { name: "nothing where nothing is said", decoder: undefined, out: "" },
  { name: "nothing for software", decoder: { type: "software" }, out: "" },
  { name: "a method", decoder: { type: "auto" }, out: "-hwaccel auto" },
  { name: "its device", decoder: { type: "cuda", device: "1" }, out: "-hwaccel cuda -hwaccel_device 1" },
  { name: "a decoder of the codec", decoder: { type: "nvv4l2dec" }, codec: "hevc", out: "-c:2 hevc_nvv4l2dec" },
  { name: "the commonest codec", decoder: { type: "v4l2m2m" }, out: "-c:2 h264_v4l2m2m" },
  { name: "a shorter name", decoder: { type: "v4l2m2m" }, codec: "mpeg2video", out: "-c:2 mpeg2_v4l2m2m" },
] as const)("$name", ({ out, ...plan }) => {
  expect(decoderArguments({ stream: 2, ...plan }).join(" ")).toBe(out);
});
