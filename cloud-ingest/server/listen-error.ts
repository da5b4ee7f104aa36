import { AppError, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import type { HttpConfig } from "../config.ts";

const UNUSABLE = ["EACCES", "EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN"];

/** Says what a failure to listen means and what to do; anything else is handed back as it is. */
export function listenErrorOf(error: unknown, { host, port }: HttpConfig): unknown {
  const code = systemCodeOf(error) ?? "";
  if (code === "EADDRINUSE")
    return new AppError(`Port ${port} on ${host} is in use by another process`, {
      ...{ code: "PORT_IN_USE", cause: error },
      hint: "Stop the other process, or set http.port to another port (0 = any free one).",
    });
  if (!UNUSABLE.includes(code)) return error;
  return new AppError(`The server cannot listen on ${host}, port ${port} (${code})`, {
    ...{ code: "CONFIG_INVALID", cause: error },
    hint: "Set http.host to an address of this machine and http.port to a port that you may use (1024 or higher).",
  });
}
