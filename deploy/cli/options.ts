import { InvalidArgumentError } from "commander";
import { FIRST_DATE, isDate, LAST_DATE } from "../../cloud-ingest/calendar.ts";
import { IDENTIFIER } from "../../firmware-config/contract/identifier.ts";
import { PROVIDERS, type Provider } from "../../firmware-config/contract/provider.ts";
import type { CliContext } from "./context.ts";

/** `768x576` -> pixels. */
export function parseSize(text: string): { readonly width: number; readonly height: number } {
  const match = /^(\d{1,5})x(\d{1,5})$/i.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (!(width > 0 && height > 0)) throw new InvalidArgumentError('Write WIDTHxHEIGHT, for example "768x576".');
  return { width, height };
}

/** A number above 0. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (!(Number.isFinite(value) && value > 0)) throw new InvalidArgumentError("Write a number above 0.");
  return value;
}

/** A whole number from 0. */
function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Write a whole number from 0.");
  return Number(text);
}

/** A TCP port, or 0 for any free one. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("Write a port, 0 to 65535.");
  return Number(text);
}

/** Makes a reader of a whole number from 1 to `most`, of no more digits than that has. */
export function parseCount(most: number): (text: string) => number {
  return (text) => {
    const count = /^\d+$/.test(text) && text.length <= String(most).length ? Number(text) : 0;
    if (count < 1 || count > most) throw new InvalidArgumentError(`Write a whole number, 1 to ${most}.`);
    return count;
  };
}

const IS_IDENTIFIER = new RegExp(`^${IDENTIFIER}$`);

/** Name of a tenant, store or device: another one is no name, wherever the command is answered. */
export function parseIdentifier(text: string): string {
  if (!IS_IDENTIFIER.test(text))
    throw new InvalidArgumentError("Write lower-case letters, digits and inner hyphens, at most 64.");
  return text;
}

/** A run's id or the beginning of one; every id begins with nothing. */
export function parseRunId(text: string): string {
  if (text === "" || text.length > 100) throw new InvalidArgumentError("Write an id as `kazoe jobs list` shows it.");
  return text;
}

/** A date of the calendar, `YYYY-MM-DD`. */
export function parseDate(text: string): string {
  if (!isDate(text))
    throw new InvalidArgumentError(
      `Write a date of the calendar from ${FIRST_DATE} to ${LAST_DATE} as YYYY-MM-DD, for example "2026-11-26".`,
    );
  return text;
}

/** The most that `detector.threads` takes. */
const MOST_THREADS = 64;

/** CPU threads, as `detector.threads` of the configuration. */
export function parseThreads(text: string): number {
  const threads = parseWhole(text);
  if (threads > MOST_THREADS) throw new InvalidArgumentError(`Write a whole number from 0 to ${MOST_THREADS}.`);
  return threads;
}

/** What a model shall run on, as `detector.provider` of the configuration. */
export function parseProvider(text: string): Provider {
  const provider = PROVIDERS.find((one) => one === text.toLowerCase());
  if (provider === undefined) throw new InvalidArgumentError(`Write one of ${PROVIDERS.join(", ")}.`);
  return provider;
}

/** A SHA-256, 64 hexadecimal digits. */
export function parseSha256(text: string): string {
  const digits = text.trim().toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) throw new InvalidArgumentError("Write the 64 hexadecimal digits of a SHA-256.");
  return digits;
}

/** A file or folder; an empty name would be the folder one stands in. */
export function parsePath(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Write a path.");
  return text;
}

/** The help text's last part. */
export function example(command: string): string {
  return `\nExample:\n  $ ${command}\n`;
}

/** Says on stderr what a result must not be read without. */
export function warn(warnings: readonly string[], context: Pick<CliContext, "note">): void {
  for (const text of warnings) context.note(`kazoe: warning: ${text}\n`);
}
