import type { Source } from "../../firmware-config/config/source.ts";
import { readSecretFile } from "../../firmware-config/kit/secret-file.ts";

/** How a camera wants to be addressed; the password lives in a file, so that it is in no configuration and no backup. */
export interface Credentials {
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/** The source with its user name and password joined into the address; read anew for each connection. */
export async function withCredentials(source: Source, credentials: Credentials): Promise<Source> {
  if (source.kind !== "rtsp" || credentials.username === undefined) return source;
  const password = credentials.passwordFile === undefined ? "" : await readPassword(credentials.passwordFile);
  const url = new URL(source.url);
  url.username = encodeURIComponent(credentials.username);
  url.password = encodeURIComponent(password);
  return { kind: "rtsp", url: url.href };
}

/** A camera's password; `key` is the file's place in the configuration. Throws `AppError` CONFIG_*. */
export function readPassword(file: string, key = "passwordFile"): Promise<string> {
  const hint = "Write the camera's password into that file, readable by the agent's user alone.";
  return readSecretFile(file, { key, hint });
}

/** Every spelling of the source's secrets that could turn up in what a reader says. */
export function secretsOf(source: Source): readonly string[] {
  if (source.kind !== "rtsp") return [];
  const { password } = new URL(source.url);
  return password === "" ? [] : [...new Set([password, decodeQuietly(password)])];
}

/** `text` without the user part of any address, without the query of any address and without `secrets`. */
export function redact(text: string, secrets: readonly string[]): string {
  const scrubbed = secrets.reduce((kept, secret) => kept.replaceAll(secret, "***"), text);
  return scrubbed.replace(/:\/\/[^/\s]*@/g, "://***@").replace(/(rtsps?:\/\/[^\s?]*)\?[^\s'":]*/g, "$1?***");
}

function decodeQuietly(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
