import { AppError } from "../firmware-config/kit/errors.ts";
import type { BrokerConfig, HttpConfig } from "./config.ts";
import { isLoopback } from "./loopback.ts";

/** Why the broker must not listen like this, or undefined. */
export function brokerExposure({ host, certFile, keyFile, allowPlaintext }: BrokerConfig): string | undefined {
  if ((certFile !== undefined && keyFile !== undefined) || allowPlaintext || isLoopback(host)) return undefined;
  return "tokens would go to the network in clear text; give certFile and keyFile, or set allowPlaintext: true on a network that is yours alone";
}

/** Why the server must not listen like this, or undefined. */
export function httpExposure({ host, readers }: HttpConfig): string | undefined {
  if (readers.length > 0 || isLoopback(host)) return undefined;
  return "anybody on the network could read the dashboards; give readers (`kazoe token` prints a tokenSha256)";
}

/** Throws `AppError` CONFIG_INVALID for an exposure: whoever listens asks again, because not every caller read a file. */
export function refuseExposure(key: "broker.host" | "http.host", exposure: string | undefined): void {
  if (exposure === undefined) return;
  throw new AppError(`${key}: ${exposure}`, { code: "CONFIG_INVALID", hint: `Mend it, or set ${key} to 127.0.0.1.` });
}
