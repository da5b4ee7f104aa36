import { AppError } from "../kit/errors.ts";

/** What a camera's `source` names. `rtsp` and `usb` are live: they are reopened for ever. */
export type Source =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "usb"; readonly device: string }
  | { readonly kind: "rtsp"; readonly url: string };

const USB_DEVICE = /^\/dev\/(video\d+|v4l\/.+)$/;
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;
const ALLOWED = "rtsp://host/path, /dev/video0 or the path of a video file";

/** Reads a configuration's `source`; throws CONFIG_INVALID for what `sourceFault` refuses. */
export function sourceOf(text: string): Source {
  const fault = sourceFault(text);
  if (fault !== undefined) throw new AppError(`source: ${fault}`, { code: "CONFIG_INVALID", hint: `Use ${ALLOWED}.` });
  const scheme = schemeOf(text);
  if (scheme === "file") return { kind: "file", path: text.replace(SCHEME, "") };
  if (scheme !== undefined) return { kind: "rtsp", url: text };
  return USB_DEVICE.test(text) ? { kind: "usb", device: text } : { kind: "file", path: text };
}

/** What is wrong with a source, never repeating it; undefined when a driver reads it. */
export function sourceFault(text: string): string | undefined {
  const scheme = schemeOf(text);
  if (scheme === undefined || scheme === "file") return undefined;
  if (scheme !== "rtsp" && scheme !== "rtsps") return `no driver reads ${scheme}:// addresses; allowed: ${ALLOWED}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "") return `not a valid rtsp:// address; allowed: ${ALLOWED}`;
  if (url.username === "" && url.password === "") return undefined;
  return "no user name or password in here; use username and passwordFile";
}

/** True when the source has no end of its own. */
export function isLive(source: Source): boolean {
  return source.kind !== "file";
}

/** The source as it may be shown and logged: an address without its user name, password and query. */
export function sourceLabel(source: Source): string {
  if (source.kind === "file") return source.path;
  if (source.kind === "usb") return source.device;
  const url = new URL(source.url);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function schemeOf(text: string): string | undefined {
  return SCHEME.exec(text)?.[1]?.toLowerCase();
}
