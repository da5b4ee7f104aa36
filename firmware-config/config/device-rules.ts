import type { CameraConfig, DeviceConfig, MqttConfig } from "./device.ts";
import type { AreaConfig, LineConfig } from "./geometry.ts";
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

function cameraFaults({ source, lines, zones, entries, masks }: CameraConfig, path: Path): readonly Fault[] {
  return [
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
