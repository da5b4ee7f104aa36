import { bodyText, headline } from "./alert-text.ts";
import { callHttp, type HttpTarget } from "./http-call.ts";
import type { Language, Notification, Sink } from "./sink.ts";

/** Slack cuts a text at 40,000 characters, and nobody reads so much. */
const MOST_CHARACTERS = 12_000;

export interface SlackParts extends HttpTarget {
  readonly language: Language;
}

/** Slack's incoming webhook, about one message a second: those of a store go in one. */
export class SlackSink implements Sink {
  readonly atOnce = 20;
  readonly #parts: SlackParts;

  constructor(parts: SlackParts) {
    this.#parts = parts;
  }

  async deliver(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    const { language } = this.#parts;
    // Of several only the first lines: a page of runbooks is no message.
    const [only, ...others] = notifications;
    const texts = notifications.map((one) => `*${escaped(headline(one, language))}*`);
    if (only && others.length === 0) texts.push(escaped(bodyText(only, language)));
    const text = texts.join("\n").slice(0, MOST_CHARACTERS);
    const headers = { "Content-Type": "application/json; charset=utf-8" };
    await callHttp(this.#parts, { headers, body: JSON.stringify({ text, unfurl_links: false }) }, signal);
  }
}

/** Names and notes must not become links or call everybody. */
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
