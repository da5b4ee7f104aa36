import { wallClock } from "../calendar.ts";
import type { DeviceStatus } from "../warehouse/port.ts";
import { type Html, html } from "./html.ts";
import { say } from "./language.ts";
import type { StorePageData } from "./store-page-data.ts";

const SILENT_AFTER_S = 900;

/** What a device's last message says about it: `silent` when it claims to be online but has sent nothing for long. */
export type DeviceState = "online" | "offline" | "silent";

/** The state of a device at an instant. */
export function deviceStateOf(device: DeviceStatus, nowMs: number): DeviceState {
  if (!device.online) return "offline";
  return ageS(device, nowMs) > SILENT_AFTER_S ? "silent" : "online";
}

/** A line at the top of the page when some device needs a look. */
export function deviceWarning({ devices, generatedAt }: StorePageData): Html | undefined {
  const ill = devices.filter((device) => deviceStateOf(device, generatedAt.getTime()) !== "online").length;
  if (ill === 0) return undefined;
  return html`<p class="warning" role="status">${say((l) => l.texts.deviceWarning(l.format.count(ill)))} <a href="#devices">${say((l) => l.texts.devices)}</a></p>`;
}

/** Every device with its state and when it was last heard of. */
export function devicesSection(data: StorePageData): Html {
  const rows = [...data.devices]
    .sort((a, b) => a.deviceId.localeCompare(b.deviceId))
    .map((one) => deviceRow(one, data));
  const none = html`<p class="muted">${say((l) => l.texts.noDevices)}</p>`;
  return html`<section id="devices"><h2>${say((l) => l.texts.devices)}</h2>
<article class="card">${rows.length > 0 ? html`<ul class="rows">${rows}</ul>` : none}</article></section>`;
}

function deviceRow(device: DeviceStatus, { store, generatedAt }: StorePageData): Html {
  const state = deviceStateOf(device, generatedAt.getTime());
  const seen = wallClock(store.timeZone)(Date.parse(device.lastSeenAt));
  const age = ageS(device, generatedAt.getTime());
  return html`<li><span class="name">${device.deviceId}</span><b class="state ${state}">${say((l) => l.texts[state])}</b>
<span class="muted">${say((l) => l.texts.lastSeen(l.format.age(age), l.format.localTime(seen)))}</span>
<span class="muted">${say((l) => `${l.texts.software} ${device.agentVersion || "–"} · ${l.texts.model} ${device.modelName || "–"}`)}</span></li>`;
}

function ageS(device: DeviceStatus, nowMs: number): number {
  return Math.max(0, (nowMs - Date.parse(device.lastSeenAt)) / 1000);
}
