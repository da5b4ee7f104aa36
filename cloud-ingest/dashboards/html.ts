import { visibleText } from "../../firmware-config/kit/visible-text.ts";

/** Markup that is safe to put into a page as it is; only `html` and `rawHtml` make it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | undefined | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Template tag: every value is escaped, and without unseen marks, unless it is `Html`; lists are joined, undefined leaves nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((text, part, index) => text + markup(values[index - 1]) + part));
}

/** Marks text as markup; for constants of ours only, never for anything from configuration or a device. */
export function rawHtml(text: string): Html {
  return new Html(text);
}

/** Data for a script of the page: JSON that cannot close its element. */
export function jsonBlock(data: unknown): Html {
  const json = JSON.stringify(data, visible).replaceAll("<", "\\u003c").replaceAll("-->", "--\\u003e");
  return rawHtml(`<script type="application/json">${json}</script>`);
}

function visible(_: string, value: unknown): unknown {
  return typeof value === "string" ? visibleText(value) : value;
}

function markup(value: Value): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "string") return escapeHtml(value);
  return typeof value === "number" ? String(value) : value.map(markup).join("");
}

function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}
