import { AppError } from "../../firmware-config/kit/errors.ts";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** True for what is fetched rather than read from the disk. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * The address to fetch a model from. Without a SHA-256 what comes is only as good as the connection, so that must be encrypted,
 * or end on this machine. Throws USAGE.
 */
export function modelAddress(text: string, { isPinned }: { readonly isPinned: boolean }): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isAddress(text)) {
    throw new AppError(`${safeAddress(text)} is no address of a model`, {
      code: "USAGE",
      hint: "Write one that begins with https://.",
    });
  }
  if (url.protocol !== "https:" && !isPinned && !LOOPBACK.test(url.hostname)) {
    throw new AppError(`${safeAddress(text)} is not encrypted, so anybody on the way could exchange the model`, {
      code: "USAGE",
      hint: "Use https://, or name the file's SHA-256 with --sha256.",
    });
  }
  return url;
}

/** The same file at a company's mirror: the address's last part below `mirror`. Throws USAGE. */
export function atMirror(address: string, mirror: string): string {
  if (!isAddress(mirror) || !URL.canParse(mirror)) {
    throw new AppError(`${safeAddress(mirror)} is no address of a mirror`, {
      code: "USAGE",
      hint: "KAZOE_MODELS_MIRROR or --mirror is a folder that begins with https://, such as https://files.example.com/models/.",
    });
  }
  const base = new URL(mirror);
  const file = new URL(address).pathname.split("/").at(-1) ?? "";
  base.pathname = `${base.pathname.replace(/\/+$/, "")}/${file}`;
  return base.href;
}

/** An address for messages and records: without a user's name, password, query or fragment, which may be secrets. */
export function safeAddress(text: string): string {
  if (!URL.canParse(text)) return isAddress(text) ? "That" : text;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
