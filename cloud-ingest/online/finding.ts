import type { AppError } from "../../firmware-config/kit/errors.ts";

/** What asking brought to light: `wrong` keeps a part from working, a `note` does not. */
export interface Finding {
  readonly verdict: "good" | "note" | "wrong";
  /** Names the thing first: `BigQuery's dataset kazoe of project my-shops: ...`. */
  readonly text: string;
  /** What to do. */
  readonly hint?: string;
}

export const good = (text: string): Finding => ({ verdict: "good", text });
export const note = (text: string, hint?: string): Finding => ({ verdict: "note", text, ...(hint && { hint }) });
export const wrong = (text: string, hint: string): Finding => ({ verdict: "wrong", text, hint });

/** A refusal as a finding. */
export const refused = ({ message, hint }: AppError): Finding => wrong(message, hint);

/** Google's words for a service that nobody has switched on in the project. */
const DISABLED = /has not been used in project|is disabled|accessNotConfigured|SERVICE_DISABLED/i;

/** The finding for a service that is switched off; undefined when the text says something else. */
export function disabled(text: string, service: string): Finding | undefined {
  return DISABLED.test(text) ? wrong(text, `Run: gcloud services enable ${service}`) : undefined;
}
