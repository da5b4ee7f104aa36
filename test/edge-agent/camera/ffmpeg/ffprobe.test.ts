import { describe, expect, it } from "vitest";
import { versionOf } from "../../../../edge-agent/camera/ffmpeg/ffmpeg-tools.ts";
import { probeOf } from "../../../../edge-agent/camera/ffmpeg/ffprobe.ts";

const probe = (stream: object, format = {}) => probeOf(JSON.stringify({ streams: [stream], format }));
const SIZE = { width: 640, height: 480 };

describe("probeOf", () => {
  it.each([
    { name: "rate", stream: { avg_frame_rate: "30000/1001" }, has: { fps: 30000 / 1001 } },
    { name: "no mean rate", stream: { avg_frame_rate: "0/0", r_frame_rate: "25/1" }, has: { fps: 25 } },
    { name: "no rate", stream: { avg_frame_rate: "0/0", r_frame_rate: "0/0" }, has: { fps: 0, durationS: 0 } },
    {
      name: "length from frames",
      stream: { avg_frame_rate: "10/1", nb_frames: "50" },
      has: { durationS: 5, frames: 50 },
    },
    { name: "length of the stream", stream: { duration: "7.5" }, has: { durationS: 7.5 } },
    { name: "upright", stream: {}, has: { picture: SIZE } },
    { name: "square pixels", stream: { sample_aspect_ratio: "1:1" }, has: { picture: SIZE } },
    { name: "unknown pixels", stream: { sample_aspect_ratio: "0:1" }, has: { picture: SIZE } },
    { name: "absurd pixels", stream: { sample_aspect_ratio: "1:1000" }, has: { picture: SIZE } },
    { name: "wide pixels", stream: { sample_aspect_ratio: "4:3" }, has: { picture: { width: 853, height: 480 } } },
    {
      name: "turned",
      stream: { side_data_list: [{}, { rotation: -90 }] },
      has: { picture: { width: 480, height: 640 } },
    },
    { name: "upside down", stream: { side_data_list: [{ rotation: 180 }] }, has: { picture: SIZE } },
    { name: "turned by a tag", stream: { tags: { rotate: "270" } }, has: { picture: { width: 480, height: 640 } } },
  ])("$name", ({ stream, has }) => expect(probe({ ...SIZE, ...stream })).toMatchObject(has));

  it("takes the container's length when the stream has none", () => {
    expect(probe(SIZE, { duration: "12.0" }).durationS).toBe(12);
  });

  it.each([
    { name: "one", sizes: [[640, 480]], stream: 0 },
    {
      name: "a small one first",
      sizes: [
        [320, 240],
        [1920, 1080],
        [640, 480],
      ],
      stream: 1,
    },
    {
      name: "equal ones",
      sizes: [
        [640, 480],
        [480, 640],
      ],
      stream: 0,
    },
    {
      name: "one without a picture",
      sizes: [
        [0, 0],
        [64, 48],
      ],
      stream: 1,
    },
  ])("takes the largest picture: $name", ({ sizes, stream }) => {
    const streams = sizes.map(([width, height], i) => ({ index: i + 3, width, height }));
    const found = probeOf(JSON.stringify({ streams }));
    expect(found.stream).toBe(stream + 3);
    expect(found.picture).toEqual({ width: sizes[stream]?.[0], height: sizes[stream]?.[1] });
    expect(found.pictures).toHaveLength(sizes.filter(([width]) => width).length);
  });

  it("compares pictures as they are shown", () => {
    const wide = { index: 1, width: 720, height: 576, sample_aspect_ratio: "64:45" };
    expect(probeOf(JSON.stringify({ streams: [{ index: 0, width: 800, height: 600 }, wide] }))).toMatchObject({
      stream: 1,
      picture: { width: 1024, height: 576 },
    });
  });

  it.each([{ streams: [] }, { streams: [{}] }, { streams: [{ width: 0, height: 0 }] }, {}])("refuses %j", (output) => {
    expect(() => probeOf(JSON.stringify(output))).toThrowError();
  });
});

describe("versionOf", () => {
  it.each([
    { text: "ffmpeg version 5.1.9-0+deb12u1 Copyright", version: 501 },
    { text: "ffmpeg version n7.0.2 Copyright", version: 700 },
    { text: "ffmpeg version N-113007-g8d24a28d06", version: 9999 },
  ])("$text", ({ text, version }) => expect(versionOf(text)).toBe(version));
});
