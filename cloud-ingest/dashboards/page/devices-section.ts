import { VIEW_FAULTS, type ViewFault } from "../../../firmware-config/contract/view.ts";
import { isToCome } from "../../../firmware-config/kit/clock.ts";
import type { FaultyView } from "../../report/camera-views.ts";
import type { StoreReport } from "../../report/store-report.ts";
import type { DeviceStatus } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";
import { type Html, html } from "../html.ts";
import { type Language, say } from "../text/language.ts";
import type { PageLinks } from "./page-links.ts";

const SILENT_AFTER_S = 900;

const NAMED = 3;

/**
 * What a device's last message says about it: `silent` when it claims to be online but has sent nothing for long,
 * `finished` when it said goodbye itself.
 */
export type DeviceState = "online" | "offline" | "silent" | "finished";

/** The state of a device at an instant. */
function deviceStateOf(device: DeviceStatus, nowMs: number): DeviceState {
  if (!device.online) return device.stopped ? "finished" : "offline";
  // Last heard of in a time to come: our clock was ahead then, and since it was set the device has sent nothing.
  return isToCome(device.lastSeenAt, nowMs) || ageS(device, nowMs) > SILENT_AFTER_S ? "silent" : "online";
}

/** A line at the top of a page with today when some device needs a look: which, and since when. */
export function deviceWarning({ devices, generatedAt, store }: StoreReport): Html | undefined {
  const zone = zoneOf(store.timeZone);
  const stateOf = (device: DeviceStatus) => deviceStateOf(device, generatedAt.getTime());
  const ill = devices.filter((device) => stateOf(device) === "offline" || stateOf(device) === "silent");
  if (ill.length === 0) return undefined;
  const told = (l: Language) => {
    const texts = ill.slice(0, NAMED).map((device) => {
      const since = l.format.localTime(zone.local(Math.min(Date.parse(device.lastSeenAt), generatedAt.getTime())));
      const name = stateOf(device) === "silent" ? l.texts.silentSince : l.texts.offlineSince;
      return name(device.deviceId, since);
    });
    const more = ill.length > NAMED ? [`+${l.format.count(ill.length - NAMED)}`] : [];
    return [...texts, ...more, l.texts.mayMiss].join(l.tag === "en" ? " " : "");
  };
  return html`<p class="warning" role="status">${say(told)} <a href="#devices">${say((l) => l.texts.devices)}</a></p>`;
}

/** Every device with its state and when it was last heard of. */
export function devicesSection(data: StoreReport, links?: PageLinks): Html {
  const rows = [...data.devices]
    .sort((a, b) => a.deviceId.localeCompare(b.deviceId))
    .map((one) => deviceRow(one, data));
  const none = html`<p class="muted">${say((l) => l.texts.noDevices)}</p>`;
  const quality = links?.quality && html`<p><a href="${links.quality}">${say((l) => l.texts.scores)}</a></p>`;
  return html`<section id="devices"><h2>${say((l) => l.texts.devices)}</h2>${quality}
<article class="card">${rows.length > 0 ? html`<ul class="rows">${rows}</ul>` : none}</article></section>`;
}

/** Where a camera does not see, its counts are too low. */
function viewLine({ cameraId, fault }: FaultyView): Html {
  const isKnown = (one: string): one is ViewFault => VIEW_FAULTS.some((known) => known === one);
  const word = (l: Language) => (isKnown(fault) ? l.texts.viewFaults[fault] : fault);
  return html`<span class="doubt">${say((l) => l.texts.viewFault(cameraId, word(l)))}</span>`;
}

function deviceRow(device: DeviceStatus, { store, generatedAt, views = [] }: StoreReport): Html {
  const ill = views.filter(({ deviceId }) => deviceId === device.deviceId);
  const state = deviceStateOf(device, generatedAt.getTime());
  const seen = zoneOf(store.timeZone).local(Date.parse(device.lastSeenAt));
  const age = ageS(device, generatedAt.getTime());
  const isKnown = !isToCome(device.lastSeenAt, generatedAt.getTime());
  return html`<li><span class="name">${device.deviceId}</span><b class="state ${state}">${say((l) => l.texts[state])}</b>
<span class="muted">${isKnown ? say((l) => l.texts.lastSeen(l.format.age(age), l.format.localTime(seen))) : "–"}</span>
<span class="muted">${say((l) => `${l.texts.software} ${device.agentVersion || "–"} · ${l.texts.model} ${device.modelName || "–"}`)}</span>${ill.map(viewLine)}</li>`;
}

function ageS(device: DeviceStatus, nowMs: number): number {
  return Math.max(0, (nowMs - Date.parse(device.lastSeenAt)) / 1000);
}
