import { describe, expect, it } from "vitest";
import { ffmpegArguments, type StreamOptions } from "../../../../edge-agent/camera/ffmpeg/ffmpeg-arguments.ts";
import type { Source } from "../../../../firmware-config/config/source.ts";

const OPTIONS: StreamOptions = {
  version: 501,
  pace: "fast",
  shape: { width: 416, height: 416, pixelFormat: "gbrp", padValue: 114, padAlign: "top-left" },
  picture: { width: 768, height: 576 },
  stream: 1,
  maxFps: 0,
};
const FILE: Source = { kind: "file", path: "-odd:name.mp4" };
const RTSP: Source = { kind: "rtsp", url: "rtsp://h/s" };

function line(source: Source, options: Partial<StreamOptions> = {}): string {
  return ffmpegArguments(source, { ...OPTIONS, ...options }).join(" ");
}

describe("ffmpegArguments", () => {
  it("is, for a file read fast", () => {
    expect(ffmpegArguments(FILE, OPTIONS)).toEqual([
      ...["-nostdin", "-hide_banner", "-v", "error", "-threads", "1", "-filter_threads", "1"],
      ...["-i", "file:-odd:name.mp4", "-map", "0:1", "-an", "-sn", "-dn", "-fps_mode", "passthrough"],
      "-vf",
      "settb=1/1000000,metadata=mode=add:key=k:value=1,metadata=mode=print:file=pipe\\\\:3:direct=1," +
        "scale=416:312:flags=area,format=gbrp,pad=416:416:0:0:color=0x727272",
      ...["-pix_fmt", "gbrp", "-f", "rawvideo", "pipe:1"],
    ]);
  });

  it.each([
    { name: "a file at its own speed", source: FILE, options: { pace: "realtime" }, has: " -re -i file:" },
    { name: "ffmpeg 4", source: FILE, options: { version: 403 }, has: " -vsync 0 " },
    { name: "rtsp over tcp", source: RTSP, options: {}, has: "-rtsp_transport tcp -timeout 10000000 -i rtsp://h/s" },
    { name: "rtsp, ffmpeg 4", source: RTSP, options: { version: 403 }, has: " -stimeout 10000000 -i rtsp://h/s" },
    { name: "low latency", source: RTSP, options: {}, has: "-fflags +genpts+discardcorrupt+nobuffer -flags low_delay" },
    { name: "usb", source: { kind: "usb", device: "/dev/video2" }, options: {}, has: "-f v4l2 -i /dev/video2" },
    { name: "a wide picture", source: FILE, options: { picture: { width: 3840, height: 2160 } }, has: "-threads 2" },
    { name: "thinning", source: RTSP, options: { maxFps: 5 }, has: "-vf select='1-eq(floor(t*5+0.001)," },
    {
      name: "thinning a file as a live camera, told of before and after",
      source: FILE,
      options: { maxFps: 5 },
      has: "value=0,metadata=mode=print:file=pipe\\\\:3:direct=1,select='1-eq(floor(t*5+0.001),floor(prev_selected_t*5+0.001))',metadata=mode=modify:key=k:value=1,metadata=mode=print",
    },
  ] as const)("$name", ({ source, options, has }) => expect(line(source, options)).toContain(has));
});
