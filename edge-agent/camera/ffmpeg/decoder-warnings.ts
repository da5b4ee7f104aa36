import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";
import type { CameraConfig } from "../../../firmware-config/config/device.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import { isNamedDecoder } from "./decoder-arguments.ts";
import { DEFAULT_FFMPEG } from "./ffmpeg-tools.ts";

type Asked = Pick<CameraConfig, "id" | "driver" | "decoder">;

const TIMEOUT_MS = 10_000;
const run = promisify(execFile);

/**
 * What speaks against each camera's hardware decoder on this machine: an ffmpeg that does not know it, a device that is not there. Not that it works:
 * a method that ffmpeg was built with needs the hardware and its driver besides. Never throws.
 */
export async function decoderWarnings(
  cameras: readonly Asked[],
  ffmpegPath: string = DEFAULT_FFMPEG.ffmpegPath,
): Promise<{ readonly camera: string; readonly warnings: readonly string[] }[]> {
  const asking = cameras.filter(({ driver, decoder }) => driver === "ffmpeg" && decoder.type !== "software");
  if (asking.length === 0) return [];
  const known = await askFfmpeg(ffmpegPath);
  const found = await Promise.all(
    asking.map(async ({ id, decoder }) => ({
      camera: id,
      warnings: [...unknown(decoder, known), ...(await missingDevice(decoder))],
    })),
  );
  return found.filter(({ warnings }) => warnings.length > 0);
}

type Known = { readonly methods: readonly string[]; readonly decoders: string } | { readonly error: string };

async function askFfmpeg(ffmpegPath: string): Promise<Known> {
  const ask = async (what: string) => (await run(ffmpegPath, ["-hide_banner", what], { timeout: TIMEOUT_MS })).stdout;
  try {
    const [methods, decoders] = await Promise.all([ask("-hwaccels"), ask("-decoders")]);
    return {
      methods: methods
        .split("\n")
        .slice(1)
        .map((line) => line.trim())
        .filter(Boolean),
      decoders,
    };
  } catch (error) {
    return { error: messageOf(error).split("\n")[0] ?? "" };
  }
}

function unknown({ type }: CameraConfig["decoder"], known: Known): string[] {
  if ("error" in known) return [`ffmpeg cannot be asked whether it decodes with ${type}: ${known.error}`];
  if (type === "auto") return [];
  const { methods, decoders } = known;
  if (isNamedDecoder(type)) {
    const has = decoders.includes(`_${type}`);
    return has ? [] : [`this machine's ffmpeg has no ${type} decoders; software would decode`];
  }
  if (methods.includes(type)) return [];
  return [
    `this machine's ffmpeg does not know ${type}, only ${methods.join(", ") || "software"}; software would decode`,
  ];
}

async function missingDevice({ device }: CameraConfig["decoder"]): Promise<string[]> {
  if (device === undefined || !device.startsWith("/")) return [];
  return access(device).then(
    () => [],
    (error: unknown) => [`${device} cannot be opened (${messageOf(error).split(":")[0]}); software would decode`],
  );
}
