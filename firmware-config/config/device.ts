import Type from "typebox";
import { WINDOW_SECONDS } from "../contract/counts.ts";
import { Identifier } from "../contract/identifier.ts";
import { PROVIDERS } from "../contract/provider.ts";
import { CameraDetector } from "./camera-detector.ts";
import { DecoderConfig } from "./decoder.ts";
import { AreaConfig, LineConfig, ZoneConfig } from "./geometry.ts";
import { RegionConfig, TilesConfig } from "./region.ts";
import { DeviceTracker } from "./tracker.ts";

const CameraConfig = Type.Object(
  {
    id: Identifier,
    name: Type.Optional(Type.String({ maxLength: 80, description: "what the dashboard calls it" })),
    source: Type.String({
      minLength: 1,
      maxLength: 2048,
      description: "rtsp://host/path, /dev/video0, or the path of a video file (relative to this file)",
    }),
    username: Type.Optional(Type.String({ maxLength: 128, description: "RTSP user name" })),
    passwordFile: Type.Optional(
      Type.String({ description: "file that holds the RTSP password, readable by us alone" }),
    ),
    driver: Type.Union([Type.Literal("ffmpeg"), Type.Literal("opencv")], {
      default: "ffmpeg",
      description: "what reads the source; opencv is built by `npm run setup:opencv`",
    }),
    decoder: DecoderConfig,
    pace: Type.Union([Type.Literal("realtime"), Type.Literal("fast")], {
      default: "realtime",
      description:
        "a video file plays at its own speed, or as fast as it can be worked on without dropping a frame for lack of time",
    }),
    loop: Type.Boolean({ default: false, description: "a video file starts again at its end" }),
    fps: Type.Number({
      default: 10,
      minimum: 1,
      maximum: 60,
      description:
        "frames per second to work on at most, of a live camera and of a video file at either pace; the first frame of each 1/fps second",
    }),
    stallS: Type.Number({
      default: 20,
      minimum: 2,
      maximum: 600,
      description: "seconds without a frame after which the camera is restarted",
    }),
    detector: CameraDetector,
    region: RegionConfig,
    tiles: TilesConfig,
    personHeight: Type.Optional(
      Type.Number({
        minimum: 0.01,
        maximum: 1,
        description:
          "height of a grown person at the lines and zones, of the picture's height, measured in a picture; `check-config` then says whether the model can see them, and region `auto` reaches as far as they do (without it: 0.25)",
      }),
    ),
    lines: Type.Array(LineConfig, { default: [], maxItems: 32, description: "counting lines" }),
    zones: Type.Array(ZoneConfig, { default: [], maxItems: 32, description: "counting zones" }),
    entries: Type.Array(AreaConfig, {
      default: [],
      maxItems: 32,
      description:
        "where people come into view; who is first seen elsewhere counts once in one of them, with the past; none = everywhere; `kazoe suggest` proposes them",
    }),
    masks: Type.Array(AreaConfig, {
      default: [],
      maxItems: 32,
      description:
        "where nobody is looked for, by the foot point: mirrors, screens, posters; `kazoe suggest` proposes them",
    }),
  },
  { additionalProperties: false, description: "one camera and what is counted in its picture" },
);

const DetectorConfig = Type.Object(
  {
    model: Type.String({
      default: "ssdlite-mobilenetv2",
      minLength: 1,
      maxLength: 1024,
      description: "name from `kazoe models list`, or the path of an ONNX file (relative to this file)",
    }),
    threads: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 64,
      description: "CPU threads of the model; 0 = all cores",
    }),
    provider: Type.Enum(PROVIDERS, {
      default: "cpu",
      description:
        "what the model runs on: cpu, cuda, tensorrt, openvino, coreml or dml; where this machine's ONNX Runtime has none of it, the CPU, and the log says so",
    }),
    minScore: Type.Number({
      default: 0.1,
      minimum: 0.01,
      maximum: 1,
      description: "detections below this score never reach the tracker",
    }),
    nmsIou: Type.Number({
      default: 0.6,
      minimum: 0.1,
      maximum: 1,
      description: "of two boxes that overlap by more than this the lower-scored one goes",
    }),
  },
  { additionalProperties: false, default: {}, description: "how persons are found" },
);

const CountsConfig = Type.Object(
  {
    windowS: Type.Integer({
      default: 60,
      enum: WINDOW_SECONDS,
      description: "length of a counting window, seconds; divides a quarter of an hour",
    }),
    events: Type.Boolean({
      default: true,
      description: "also publish single crossings and visits (no picture, no identity)",
    }),
  },
  { additionalProperties: false, default: {}, description: "what is published" },
);

const MqttConfig = Type.Object(
  {
    url: Type.String({
      default: "mqtt://127.0.0.1:1883",
      pattern: "^mqtts?://[^\\s@]+$",
      description: "mqtts://host:8883 (or mqtt:// inside one machine); no user name or password in here",
    }),
    tokenFile: Type.Optional(Type.String({ description: "file that holds the device's token, readable by us alone" })),
    caFile: Type.Optional(Type.String({ description: "PEM file of the certificate authority, for mqtts" })),
    inFlight: Type.Integer({
      default: 64,
      minimum: 1,
      maximum: 1000,
      description: "messages awaiting the broker's PUBACK at once",
    }),
    replayPerS: Type.Integer({
      default: 200,
      minimum: 1,
      maximum: 100000,
      description: "messages of the backlog sent per second beside the live ones",
    }),
  },
  { additionalProperties: false, default: {}, description: "where counts are sent" },
);

const OutboxConfig = Type.Object(
  {
    maxMb: Type.Integer({
      default: 256,
      minimum: 1,
      maximum: 65536,
      description: "when fuller than this the oldest messages go, and the loss is reported",
    }),
    maxAgeDays: Type.Integer({
      default: 30,
      minimum: 1,
      maximum: 3650,
      description: "messages older than this go, and the loss is reported",
    }),
  },
  { additionalProperties: false, default: {}, description: "the device's durable queue" },
);

/** Everything that a device needs to know, one YAML file. */
export const DeviceConfig = Type.Object(
  {
    tenant: Identifier,
    store: Identifier,
    device: Identifier,
    dataDir: Type.String({
      default: "data",
      minLength: 1,
      description: "folder for the outbox (relative to this file)",
    }),
    cameras: Type.Array(CameraConfig, { minItems: 1, maxItems: 16, description: "the cameras of this device" }),
    detector: DetectorConfig,
    tracker: DeviceTracker,
    counts: CountsConfig,
    mqtt: MqttConfig,
    outbox: OutboxConfig,
    healthS: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 3600,
      description: "seconds between two health messages",
    }),
    logLevel: Type.Enum(["error", "warn", "info", "debug"], { default: "info", description: "what goes to the log" }),
  },
  { additionalProperties: false, title: "Kazoe device configuration" },
);

export type CameraConfig = Type.Static<typeof CameraConfig>;
export type DetectorConfig = Type.Static<typeof DetectorConfig>;
export type CountsConfig = Type.Static<typeof CountsConfig>;
export type MqttConfig = Type.Static<typeof MqttConfig>;
export type OutboxConfig = Type.Static<typeof OutboxConfig>;
export type DeviceConfig = Type.Static<typeof DeviceConfig>;
