import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
// nodemailer: the mail library of the field, no dependencies; speaks SMTP with TLS, builds MIME and headers that text cannot break.
import { createTransport } from "nodemailer";
import { type AddressRule, addressFault } from "./address.ts";
import { bodyText, headline } from "./alert-text.ts";
import { type Language, type Notification, NotTaken, type Sink } from "./sink.ts";

const CONNECT_MS = 10_000;
const SOCKET_MS = 30_000;

export interface MailParts {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte; `starttls`: it must be offered; `none`: on a network of one's own. */
  readonly tls: "implicit" | "starttls" | "none";
  readonly allowPrivate: boolean;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly language: Language;
  /** PEM of the server's authority; left out, those of the system. */
  readonly ca?: string | undefined;
}

/** A message for each notification; what comes after the first is an answer to it, so that an alert is one thread. */
export class MailSink implements Sink {
  readonly atOnce = 1;
  readonly #parts: MailParts;

  constructor(parts: MailParts) {
    this.#parts = parts;
  }

  async deliver(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    const transport = await this.#transport();
    const stop = () => transport.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      for (const notification of notifications) await transport.sendMail(this.#message(notification));
    } catch (error) {
      throw notTaken(error);
    } finally {
      signal.removeEventListener("abort", stop);
      transport.close();
    }
  }

  /** Connects to the very address that was looked at; the certificate is of the name. */
  async #transport() {
    const { host, port, tls, user, password, ca, allowPrivate } = this.#parts;
    const address = await addressOf(host, { allowPrivate, isPlain: tls === "none" });
    return createTransport({
      ...{ host: address, port, secure: tls === "implicit", requireTLS: tls === "starttls", ignoreTLS: tls === "none" },
      ...(user !== undefined && { auth: { user, pass: password ?? "" } }),
      ...{ connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SOCKET_MS },
      tls: { ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) },
      ...{ disableFileAccess: true, disableUrlAccess: true, logger: false },
    });
  }

  #message(notification: Notification) {
    const { from, to, language } = this.#parts;
    const { kind, id, alert, at } = notification;
    const domain = /@([^@>\s]+)/.exec(from)?.[1] ?? "kazoe.invalid";
    const thread = `<kazoe-${alert.alertId}@${domain}>`;
    const isFirst = kind === "firing";
    return {
      ...{ from, to: [...to], subject: headline(notification, language), text: bodyText(notification, language) },
      // The same message has the same id, however often it is sent.
      messageId: isFirst ? thread : `<kazoe-${alert.alertId}-${id}@${domain}>`,
      ...(!isFirst && { inReplyTo: thread, references: [thread] }),
      date: new Date(at),
      headers: { "Auto-Submitted": "auto-generated", "X-Kazoe-Notification": id, "X-Kazoe-Severity": alert.severity },
    };
  }
}

async function addressOf(host: string, rule: AddressRule): Promise<string> {
  const found = await lookup(host, { all: true }).catch(() => {
    throw new NotTaken("its name has no address");
  });
  const good = found.find(({ address }) => addressFault(address, rule) === undefined);
  if (good) return good.address;
  throw new NotTaken(`its name ${addressFault(found[0]?.address ?? "", rule) ?? "has no address"}`);
}

/** What a server answers may name people; its code is enough. */
function notTaken(error: unknown): NotTaken {
  const { responseCode, code, command } = toFields(error);
  const said = responseCode === undefined ? (code ?? "failed") : `answered ${responseCode}`;
  // A login that is refused may be mended; a recipient or text that is refused stays so.
  const isFinal =
    responseCode !== undefined && responseCode >= 550 && command !== undefined && /^(RCPT|DATA|MAIL)/.test(command);
  return new NotTaken(said, { isFinal });
}

function toFields(error: unknown) {
  const has = (name: string) =>
    typeof error === "object" && error !== null && name in error ? Reflect.get(error, name) : undefined;
  const [responseCode, code, command] = [has("responseCode"), has("code"), has("command")];
  return {
    responseCode: typeof responseCode === "number" ? responseCode : undefined,
    code: typeof code === "string" ? code : undefined,
    command: typeof command === "string" ? command : undefined,
  };
}
