import { describe, expect, it } from "vitest";
import { sourceLabel, sourceOf } from "../../../firmware-config/config/source.ts";

describe("sourceOf", () => {
  it.each([
    { text: "rtsp://cam.local/stream1", source: { kind: "rtsp", url: "rtsp://cam.local/stream1" } },
    { text: "rtsps://cam.local:322/", source: { kind: "rtsp", url: "rtsps://cam.local:322/" } },
    { text: "/dev/video0", source: { kind: "usb", device: "/dev/video0" } },
    { text: "/dev/v4l/by-id/usb-cam", source: { kind: "usb", device: "/dev/v4l/by-id/usb-cam" } },
    { text: "shop.mp4", source: { kind: "file", path: "shop.mp4" } },
    { text: "-i.mp4", source: { kind: "file", path: "-i.mp4" } },
    { text: "concat:a.mp4|b.mp4", source: { kind: "file", path: "concat:a.mp4|b.mp4" } },
    { text: "file:///videos/a.mp4", source: { kind: "file", path: "/videos/a.mp4" } },
  ] as const)("$text", ({ text, source }) => expect(sourceOf(text)).toEqual(source));

  it.each(["http://cam.local/", "ftp://x/y.mp4", "rtsp://", "rtsp://:bad", "rtsp://u:p@h/a", "rtsp://u@h/a"])(
    "refuses %s",
    (text) => {
      expect(() => sourceOf(text)).toThrowError(expect.objectContaining({ code: "CONFIG_INVALID" }));
    },
  );
});

describe("sourceLabel", () => {
  it("shows no secret", () => {
    expect(sourceLabel({ kind: "rtsp", url: "rtsp://u:p@h:554/a?token=t" })).toBe("rtsp://h:554/a");
  });
});
