import { AppError } from "../firmware-config/kit/errors.ts";

const SPDX_IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}$/;
/** Licences whose terms would reach what a retailer builds around the model; LGPL does not match. */
const STRONG_COPYLEFT = /^A?GPL(-|$)/i;
/** What Ultralytics' exporter writes into a file, among others. */
const SAYS_AGPL = /\bAGPL\b/i;
/** A licence that somebody obtained; SPDX's own word for one that it does not list. */
const OBTAINED = /^LicenseRef-/i;

export interface LicenceChoice {
  /** SPDX identifier of the licence of the weights. */
  readonly licence: string;
  /** True when the user knows what AGPL and GPL ask for. */
  readonly acceptAgpl?: boolean | undefined;
}

/** Throws USAGE for what is no identifier, and for AGPL and GPL unless they were accepted. */
export function checkLicence({ licence, acceptAgpl = false }: LicenceChoice): void {
  if (!SPDX_IDENTIFIER.test(licence)) {
    throw usage(`${licence} is not an SPDX identifier`, "Name the licence of the weights, such as Apache-2.0 or MIT.");
  }
  if (STRONG_COPYLEFT.test(licence) && !acceptAgpl) throw refused(`Models under ${licence} are refused`);
}

/** Throws USAGE where the file itself says AGPL, and neither was that accepted nor another licence obtained. */
export function checkSaidLicence(said: string | undefined, { licence, acceptAgpl = false }: LicenceChoice): void {
  if (said === undefined || !SAYS_AGPL.test(said) || acceptAgpl || OBTAINED.test(licence)) return;
  throw refused(`This file says of itself "${said.slice(0, 80)}", not ${licence}, and is refused`);
}

function refused(what: string): AppError {
  return usage(
    `${what}: its terms would extend to the system that a retailer runs around the model, whose source you would owe to everybody who uses it, over a network too`,
    "Use a model under a permissive licence; or obtain a commercial one and name it as LicenseRef-NAME; or accept those terms with --accept-agpl.",
  );
}

function usage(message: string, hint: string): AppError {
  return new AppError(message, { code: "USAGE", hint });
}
