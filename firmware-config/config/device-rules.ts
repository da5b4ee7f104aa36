import type { DecoderType } from "./decoder.ts";
import type { CameraConfig, DeviceConfig, MqttConfig } from "./device.ts";
import type { AreaConfig, LineConfig, Point } from "./geometry.ts";
import { masksFault } from "./masks-fault.ts";
import { polygonFault } from "./polygon-fault.ts";
import type { Fault, Path } from "./problem.ts";
import { repeated } from "./repeated.ts";
import { sourceFault } from "./source.ts";
import type { DeviceTracker } from "./tracker.ts";

const idOf = ({ id }: { readonly id: string }) => id;
const faultAt = (path: Path, text: string | undefined): readonly Fault[] =>
  text === undefined ? [] : [{ path, text }];

/** What a device's configuration must keep beyond its schema. */
export function deviceFaults({ cameras, tracker, mqtt }: DeviceConfig): readonly Fault[] {
  return [
    ...repeated(["cameras"], cameras.map(idOf)),
    ...cameras.flatMap((camera, i) => cameraFaults(camera, ["cameras", i])),
    ...trackerFaults(tracker),
    ...mqttFaults(mqtt),
  ];
}

function cameraFaults(camera: CameraConfig, path: Path): readonly Fault[] {
  const { source, lines, zones, entries, masks } = camera;
  return [
    ...viewFaults(camera, path),
    ...faultAt([...path, "decoder"], decoderFault(camera)),
    ...faultAt([...path, "source"], sourceFault(source)),
    ...repeated([...path, "lines"], lines.map(idOf)),
    ...repeated([...path, "zones"], zones.map(idOf)),
    ...lines.flatMap((line, i) => faultAt([...path, "lines", i, "to"], lineFault(line))),
    ...areaFaults(zones, [...path, "zones"]),
    ...areaFaults(entries, [...path, "entries"]),
    ...areaFaults(masks, [...path, "masks"]),
    ...faultAt([...path, "masks"], masksFault(masks)),
    ...repeated([...path, "entries"], entries.map(idOf)),
    ...repeated([...path, "masks"], masks.map(idOf)),
  ];
}

function areaFaults(areas: readonly Pick<AreaConfig, "polygon">[], path: Path): readonly Fault[] {
  return areas.flatMap(({ polygon }, i) => faultAt([...path, i, "polygon"], polygonFault(polygon)));
}

/** What is wrong with the part of the picture that the model is to look at. */
function viewFaults({ detector, region, tiles, lines, zones }: CameraConfig, path: Path): readonly Fault[] {
  const isTiled = tiles.columns * tiles.rows > 1;
  const isAuto = region.type === "auto";
  return [
    ...faultAt([...path, "region"], isAuto && lines.length + zones.length === 0 ? NOTHING_TO_FIND : undefined),
    ...faultAt([...path, "region"], region.type === "rectangle" ? rectangleFault(region) : undefined),
    ...faultAt([...path, "region"], detector.type === "overhead" && region.type !== "whole" ? FOR_MODELS : undefined),
    ...faultAt([...path, "tiles"], detector.type === "overhead" && isTiled ? FOR_MODELS : undefined),
  ];
}

/** What a camera's driver cannot do of its decoder; types that take no device are those that ffmpeg gives none. */
function decoderFault({ driver, decoder: { type, device } }: CameraConfig): string | undefined {
  if (type !== "software" && driver === "opencv")
    return `${type} needs driver: ffmpeg; OpenCV's binding takes no parameters at opening and decodes in software`;
  if (device === undefined || !WITHOUT_DEVICE.has(type)) return undefined;
  return `${type} takes no device; leave device out, or name the kind of hardware as type`;
}

const WITHOUT_DEVICE: ReadonlySet<DecoderType> = new Set(["software", "auto", "videotoolbox", "v4l2m2m", "nvv4l2dec"]);
const NOTHING_TO_FIND = "auto needs a line or a zone to be around; draw one, or give a rectangle";
const FOR_MODELS = "only for detector: { type: model }; overhead looks at the whole picture, and needs it small";
/** Of a side of the picture: less is no view of people. */
const LEAST_SIDE = 0.05;

function rectangleFault({ from, to }: { readonly from: Point; readonly to: Point }): string | undefined {
  const isLarge = to[0] - from[0] >= LEAST_SIDE && to[1] - from[1] >= LEAST_SIDE;
  return isLarge ? undefined : `to must lie right of and below from, by ${LEAST_SIDE} of the picture or more`;
}

function lineFault({ from, to }: LineConfig): string | undefined {
  return from[0] === to[0] && from[1] === to[1] ? "the same point as from; a line needs two" : undefined;
}

function trackerFaults({ lowScore, highScore, newTrackScore }: DeviceTracker): readonly Fault[] {
  const scores = [lowScore, highScore, newTrackScore].filter((score) => score !== undefined);
  const isOrdered = scores.every((score, i) => score >= (scores[i - 1] ?? 0));
  return isOrdered ? [] : [{ path: ["tracker"], text: "must be lowScore <= highScore <= newTrackScore" }];
}

function mqttFaults({ url }: MqttConfig): readonly Fault[] {
  const isAddress = URL.canParse(url) && new URL(url).hostname !== "";
  return isAddress ? [] : [{ path: ["mqtt", "url"], text: "not an address; allowed: mqtts://host:8883" }];
}
