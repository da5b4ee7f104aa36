import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { readSecretFile } from "../../../firmware-config/kit/secret-file.ts";
import type { SinkConfig } from "../alerts-config.ts";
import type { Sink } from "./sink.ts";

/**
 * The sink of the configuration, with its secrets from their files. Throws `AppError` for a file that will not do. Its libraries are
 * loaded where they are needed.
 */
export async function openSink(config: SinkConfig, index: number): Promise<Sink> {
  const { language, allowPrivate } = config;
  const common = { language, allowPrivate, nowMs: () => systemClock.nowMs() };
  const secret = (key: string, file: string) =>
    readSecretFile(file, { key: `alerts.sinks[${index}].${key}`, hint: "Write the secret into this file, chmod 600." });
  const given = async (key: string, file: string | undefined) =>
    file === undefined ? undefined : await secret(key, file);
  switch (config.type) {
    case "alertmanager": {
      const { AlertmanagerSink } = await import("./alertmanager.ts");
      const token = await given("tokenFile", config.tokenFile);
      return new AlertmanagerSink({ ...common, url: config.url, token, resendMs: config.resendS * 1_000 });
    }
    case "webhook": {
      const { WebhookV4Sink } = await import("./webhook-v4.ts");
      const { url, name } = config;
      return new WebhookV4Sink({ ...common, url, name, secret: await secret("secretFile", config.secretFile) });
    }
    case "pagerduty": {
      const { PagerDutySink } = await import("./pager-duty.ts");
      const routingKey = await secret("routingKeyFile", config.routingKeyFile);
      return new PagerDutySink({ ...common, url: config.url.replace(/\/+$/, ""), routingKey });
    }
    case "slack": {
      const { SlackSink } = await import("./slack.ts");
      return new SlackSink({ ...common, url: await secret("urlFile", config.urlFile) });
    }
    case "mail": {
      const { MailSink } = await import("./mail.ts");
      const { host, port, tls, user, from, to } = config;
      const password = await given("passwordFile", config.passwordFile);
      return new MailSink({ ...common, host, port, tls, user, password, from, to });
    }
    case "mqtt": {
      const { MqttSink } = await import("./mqtt.ts");
      const { url, topic, user } = config;
      return new MqttSink({ ...common, url, topic, user, password: await given("passwordFile", config.passwordFile) });
    }
  }
}
