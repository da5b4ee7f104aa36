import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { isZoneName } from "../../cloud-ingest/zone/rules.ts";
import { makeFolder } from "../../firmware-config/kit/make-folder.ts";
import { writeWhole } from "../../firmware-config/kit/on-disk.ts";
import { storageError } from "../../firmware-config/kit/storage-error.ts";
import { createToken, writeTokenFile } from "../setup/token.ts";
import { DEMO_ALERTS, ILL_DEVICE, illDevice, writeIllness } from "./ill-device.ts";

/** What the demo counts in the sample video: three lines over the ways and a zone at their crossing. */
const STREET = {
  lines: [
    { id: "lamp-post", name: "Lamp post / 街灯", from: [0.449, 0.243], to: [0.449, 0.694] },
    { id: "road", name: "Road / 車道", from: [0.521, 0.573], to: [0.99, 0.729] },
    { id: "path-west", name: "West path / 西の小道", from: [0.3255, 0.243], to: [0.3255, 0.573] },
  ],
  zones: [
    {
      id: "crossroads",
      name: "Crossroads / 交差点",
      polygon: [
        [0.35, 0.35],
        [0.75, 0.3],
        [0.85, 0.6],
        [0.4, 0.75],
      ],
      stopS: 5,
    },
  ],
};

/** What can be counted in any picture: both middle lines, and the middle of the floor. */
const ANYWHERE = {
  lines: [
    { id: "middle", name: "Middle / 中央", from: [0.5, 0], to: [0.5, 1] },
    { id: "across", name: "Across / 横断", from: [0, 0.6], to: [1, 0.6] },
  ],
  zones: [
    {
      id: "centre",
      name: "Centre / 中央部",
      polygon: [
        [0.3, 0.3],
        [0.7, 0.3],
        [0.7, 0.95],
        [0.3, 0.95],
      ],
      stopS: 5,
    },
  ],
};

export interface DemoSettings {
  readonly dir: string;
  readonly video: string;
  readonly isSample: boolean;
  readonly videoS: number | undefined;
  readonly model: string | undefined;
  /** 0 = any free port. */
  readonly httpPort: number;
}

/** Writes the configurations that a shop would have, of the cloud half and two devices, and the devices' secrets; returns their paths. */
export async function writeDemoConfigs({ dir, video, isSample, videoS, model, httpPort }: DemoSettings) {
  const { token, tokenSha256 } = createToken();
  const ill = createToken();
  const who = { tenant: "demo", store: "street", device: "cam-01" };
  const device = {
    ...who,
    dataDir: "device-data",
    cameras: [{ id: "street", source: video, pace: "fast", ...(isSample ? STREET : ANYWHERE) }],
    ...(model === undefined ? {} : { detector: { model } }),
    counts: { windowS: 10 },
    mqtt: { tokenFile: "device.token" },
    healthS: 10,
    logLevel: "warn",
  };
  const cloud = {
    dataDir: "cloud-data",
    stores: [
      {
        ...{ tenant: who.tenant, store: who.store, name: "Demo street / デモ通り" },
        ...{ timeZone: localTimeZone(), note: noteOf(isSample, videoS) },
      },
    ],
    devices: [
      { ...who, tokenSha256 },
      { ...who, device: ILL_DEVICE, tokenSha256: ill.tokenSha256 },
    ],
    alerts: DEMO_ALERTS,
    broker: { port: 0 },
    http: { port: httpPort },
    logLevel: "warn",
  };
  const paths = {
    ...{ device: join(dir, "device.yaml"), cloud: join(dir, "cloud.yaml"), token: join(dir, "device.token") },
    ...{ illDevice: join(dir, "ill-device.yaml"), illToken: join(dir, "ill-device.token") },
  };
  try {
    await makeFolder(dir);
    await rm(paths.token, { force: true });
    await writeTokenFile(paths.token, token);
    await writeWhole(paths.device, { parts: [stringify(device)] });
    await rm(paths.illToken, { force: true });
    await writeTokenFile(paths.illToken, ill.token);
    await writeWhole(paths.illDevice, { parts: [stringify(illDevice(who))] });
    await writeIllness(dir, video);
    await writeWhole(paths.cloud, { parts: [stringify(cloud)] });
  } catch (error) {
    throw storageError(error, dir);
  }
  return paths;
}

/** Says on the page what a stranger looks at, and how to go on. */
function noteOf(isSample: boolean, videoS: number | undefined): string {
  const length = videoS === undefined ? undefined : Math.round(videoS);
  const english = `${isSample ? "A sample video" : "A video"}${length ? ` of ${length} s` : ""}, counted once from start to end. Your own camera: see the README.`;
  const japanese = `${isSample ? "サンプル動画" : "動画"}${length ? `${length}秒` : ""}を最初から最後まで1回計測した結果です。ご自分のカメラの設定は README をご覧ください。`;
  return `${english} / ${japanese}`;
}

/** This machine's own; one that says nothing usable is taken for UTC. */
function localTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isZoneName(timeZone) ? timeZone : "UTC";
}
