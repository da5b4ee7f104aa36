import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { deviceFaults } from "../../../firmware-config/config/device-rules.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";
import { DOOR_CONFIG } from "../../support/door-config.ts";

const GOOD = `${DOOR_CONFIG}    zones:
      - { id: shelf, polygon: [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]] }
`;
const SQUARE = "[[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]";
const parse = (text: string) => parseConfig(text, "d.yaml", DeviceConfig, deviceFaults);
const withSource = (source: string) => GOOD.replace("door.mp4", source);
const withPolygon = (polygon: string) => GOOD.replace(SQUARE, polygon);

describe("refused, with the place", () => {
  test.each([
    {
      name: "http",
      in: withSource("http://cam/video"),
      error: /:6:13 cameras\[0\]\.source: no driver reads http:.*rtsp:/,
    },
    { name: "no host", in: withSource('"rtsp://"'), error: /:6:13 cameras\[0\]\.source: not a valid rtsp/ },
    {
      name: "a line without length",
      in: GOOD.replace("[0.3, 0.4]", "[0.1, 0.2]"),
      error: /:8:47 cameras\[0\]\.lines\[0\]\.to: the same point as from/,
    },
    {
      name: "two lines of one id",
      in: GOOD.replace("    zones", "      - { id: entrance, from: [0, 0], to: [1, 1] }\n    zones"),
      error: /:9:9 cameras\[0\]\.lines\[1\]: "entrance" is there twice/,
    },
    ...["entries", "masks"].flatMap((key) => [
      {
        name: `${key} that cross themselves`,
        in: `${GOOD}    ${key}:\n      - { id: a, polygon: [[0, 0], [1, 1], [1, 0], [0, 1]] }\n`,
        error: new RegExp(`:12:27 cameras\\[0\\]\\.${key}\\[0\\]\\.polygon: the edges cross`),
      },
      {
        name: `two ${key} of one id`,
        in: `${GOOD}    ${key}:\n      - { id: a, polygon: ${SQUARE} }\n      - { id: a, polygon: ${SQUARE} }\n`,
        error: new RegExp(`:13:9 cameras\\[0\\]\\.${key}\\[1\\]: "a" is there twice`),
      },
    ]),
    {
      name: "masks that leave nothing of the picture",
      in: `${GOOD}    masks:\n      - { id: a, polygon: [[0, 0], [0.6, 0], [0.6, 1], [0, 1]] }\n      - { id: b, polygon: [[0.5, 0], [1, 0], [1, 1], [0.5, 1]] }\n`,
      error: /:12:7 cameras\[0\]\.masks: cover the whole picture: nothing would ever be counted/,
    },
    {
      name: "two zones of one id",
      in: `${GOOD}      - { id: shelf, polygon: ${SQUARE} }\n`,
      error: /:11:9 cameras\[0\]\.zones\[1\]: "shelf" is there twice/,
    },
    {
      name: "two cameras of one id",
      in: `${GOOD}  - { id: door, source: b.mp4 }\n`,
      error: /:11:5 cameras\[1\]: "door" is there twice/,
    },
    {
      name: "a bow tie",
      in: withPolygon("[[0.1, 0.1], [0.5, 0.5], [0.5, 0.1], [0.1, 0.5]]"),
      error: /:10:31 cameras\[0\]\.zones\[0\]\.polygon: the edges cross/,
    },
    {
      name: "a closed ring",
      in: withPolygon(SQUARE.replace("0.5]]", "0.5], [0.1, 0.1]]")),
      error: /corner 5 is there twice/,
    },
    { name: "a flat zone", in: withPolygon("[[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]"), error: /enclose nothing/ },
    {
      name: "scores out of order",
      in: `${GOOD}tracker: { lowScore: 0.7, highScore: 0.5 }\n`,
      error: /:11:10 tracker: must be lowScore <= highScore <= newTrackScore/,
    },
    {
      name: "new below high",
      in: `${GOOD}tracker: { highScore: 0.7, newTrackScore: 0.6 }\n`,
      error: /tracker: must be lowScore/,
    },
    {
      name: "a decoder that nobody knows",
      in: `${GOOD}    decoder: { type: vapi }\n`,
      error: /:11:22 cameras\[0\]\.decoder\.type: .*vaapi/,
    },
    {
      name: "a decoder of the driver opencv",
      in: `${GOOD}    decoder: { type: cuda }\n    driver: opencv\n`,
      error: /:11:14 cameras\[0\]\.decoder: cuda needs driver: ffmpeg; .*takes no parameters/,
    },
    {
      name: "a device for what takes none",
      in: `${GOOD}    decoder: { type: v4l2m2m, device: /dev/video10 }\n`,
      error: /:11:14 cameras\[0\]\.decoder: v4l2m2m takes no device/,
    },
    { name: "a broker without host", in: `${GOOD}mqtt: { url: "mqtt://" }\n`, error: /:11:\d+ mqtt\.url/ },
    {
      name: "a broker without port",
      in: `${GOOD}mqtt: { url: "mqtt://h:99999" }\n`,
      error: /mqtt\.url: not an address/,
    },
  ])("$name", ({ in: text, error }) => {
    expect(() => parse(text)).toThrow(error);
  });

  test("all at once, in the order of the file", () => {
    expect(() => parse(`${withSource("ftp://x/y")}tracker: { lowScore: 0.7, highScore: 0.5 }\n`)).toThrow(
      /:6:13 .*\n.*:11:10 /,
    );
  });

  test.each(["rtsp://user:hunter2@cam/stream", "rtsp://:hunter2@cam", "rtsps://hunter2@cam", "rtsp://u:hunter2@"])(
    "a user or password in %s, without saying it",
    (source) => {
      expect(() => parse(withSource(`"${source}"`))).toThrow(/cameras\[0\]\.source: (no user name|not a valid)/);
      expect(() => parse(withSource(`"${source}"`))).not.toThrow(/hunter2/);
    },
  );
});

describe("taken", () => {
  test.each([
    { name: "rtsp", in: withSource("rtsp://192.168.1.20:554/stream2?channel=1") },
    { name: "USB", in: withSource("/dev/video0") },
    { name: "a concave zone", in: withPolygon("[[0, 0], [1, 0], [1, 1], [0.5, 0.2], [0, 1]]") },
    {
      name: "a mask that leaves a strip free",
      in: `${GOOD}    masks:\n      - { id: a, polygon: [[0, 0], [1, 0], [1, 0.9], [0, 0.9]] }\n`,
    },
    { name: "a decoder", in: `${GOOD}    decoder: { type: vaapi, device: /dev/dri/renderD128 }\n` },
    { name: "software with opencv", in: `${GOOD}    driver: opencv\n    decoder: { type: software }\n` },
    { name: "equal scores", in: `${GOOD}tracker: { lowScore: 0.6, highScore: 0.6, newTrackScore: 0.6 }\n` },
    { name: "the fixture", in: readFileSync(join(import.meta.dirname, "../../fixtures/pets.device.yaml"), "utf8") },
  ])("$name", ({ in: text }) => {
    expect(parse(text).cameras).toHaveLength(1);
  });
});
