import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { readSecretFile } from "../../firmware-config/kit/secret-file.ts";
import type { Bus } from "../bus/port.ts";
import type { AlertsConfig } from "./alerts-config.ts";
import { Courier } from "./courier.ts";
import type { AlertSink } from "./port.ts";
import { Webhook } from "./webhook.ts";

/** Somebody who hears of alerts, and works until the signal aborts. */
export interface RunningSink extends AlertSink {
  run(signal: AbortSignal): Promise<void>;
}

interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: Pick<Bus, "events">;
}

/** Who hears of alerts: the webhook of the configuration, and the bus where it carries events. Throws `AppError` for a secret's file. */
export async function openAlerts({ webhook }: AlertsConfig, parts: Parts): Promise<readonly RunningSink[]> {
  const { events } = parts.bus;
  const onBus = events && new Courier({ to: "bus", deliver: (alert) => events.announce(alert), log: parts.log });
  return [...(onBus ? [onBus] : []), ...(webhook ? [await openWebhook(webhook, parts)] : [])];
}

async function openWebhook(webhook: NonNullable<AlertsConfig["webhook"]>, { clock, log }: Parts): Promise<Webhook> {
  const place = { key: "alerts.webhook.secretFile", hint: "Make one with kazoe token --file." };
  const secret = await readSecretFile(webhook.secretFile, place);
  return new Webhook({ ...webhook, clock, log, secret });
}
