import { AppError } from "../../firmware-config/kit/errors.ts";

/** What a camera's `source` names. `rtsp` and `usb` are live: they are reopened for ever. */
export type Source =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "usb"; readonly device: string }
  | { readonly kind: "rtsp"; readonly url: string };

const USB_DEVICE = /^\/dev\/(video\d+|v4l\/.+)$/;
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

/** Reads a configuration's `source`; throws CONFIG_INVALID for a scheme that no driver speaks. */
export function sourceOf(text: string): Source {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === "rtsp" || scheme === "rtsps") return rtspSource(text);
  if (scheme === "file") return { kind: "file", path: text.replace(SCHEME, "") };
  if (scheme !== undefined) throw badSource(`source: no driver reads ${scheme}:// addresses`);
  if (USB_DEVICE.test(text)) return { kind: "usb", device: text };
  return { kind: "file", path: text };
}

/** The source as it may be shown and logged: an address without its user name, password and query. */
export function sourceLabel(source: Source): string {
  if (source.kind === "file") return source.path;
  if (source.kind === "usb") return source.device;
  const url = new URL(source.url);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function rtspSource(text: string): Source {
  if (!URL.canParse(text) || new URL(text).hostname === "") throw badSource("source: not a valid rtsp:// address");
  return { kind: "rtsp", url: text };
}

function badSource(message: string): AppError {
  return new AppError(message, {
    code: "CONFIG_INVALID",
    hint: "Use rtsp://host/path, /dev/video0 or the path of a video file.",
  });
}
