import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { readSecretFile } from "../../firmware-config/kit/secret-file.ts";
import type { AlertsConfig } from "./alerts-config.ts";
import { Webhook } from "./webhook.ts";

/** Who hears of alerts, or undefined. Throws `AppError` when the secret's file cannot be used. */
export async function openAlerts(
  { webhook }: AlertsConfig,
  parts: { readonly clock: Clock; readonly log: Log },
): Promise<Webhook | undefined> {
  if (!webhook) return undefined;
  const place = { key: "alerts.webhook.secretFile", hint: "Make one with kazoe token --file." };
  const secret = await readSecretFile(webhook.secretFile, place);
  return new Webhook({ ...parts, ...webhook, secret });
}
