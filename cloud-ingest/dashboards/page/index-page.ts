import { groupBy } from "../../group-by.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import { type Html, html } from "../html.ts";
import { inBoth, say } from "../text/language.ts";
import { OPERATIONS_WORDS } from "../text/operations-words.ts";
import { pageShell } from "./page-shell.ts";

/** Where a store's page is, seen from the index. */
export type StoreHref = (store: StoreInfo) => string;

export interface IndexLinks {
  /** Differs between files and the server. */
  readonly hrefOf?: StoreHref;
  /** The page for operations, for who may see it. */
  readonly operations?: string | undefined;
}

/** The list of stores, by tenant. */
export function renderIndexPage(
  stores: readonly StoreInfo[],
  { hrefOf = serverHref, operations }: IndexLinks = {},
): string {
  const tenants = [...groupBy(stores, (store) => store.tenant)].sort(([a], [b]) => a.localeCompare(b));
  const lists = tenants.map(([tenant, own]) => tenantList(tenant, own, hrefOf));
  const none = html`<p class="card">${say((l) => l.texts.noStores)}</p>`;
  const body = html`<header><div class="bar"><span class="brand">Kazoe <small>数え</small></span>${operations === undefined ? undefined : html`<a class="back" href="${operations}">${say((l) => OPERATIONS_WORDS[l.tag].title)}</a>`}<span class="tools">
<button type="button" id="language" class="tool"><span lang="ja">English</span><span lang="en">日本語</span></button></span></div>
<h1>${say((l) => l.texts.stores)}</h1></header><main>${lists.length > 0 ? lists : none}</main>`;
  return pageShell({ title: inBoth((l) => `Kazoe · ${l.texts.stores}`), body, hasCharts: false });
}

function serverHref({ tenant, store }: StoreInfo): string {
  return `/stores/${tenant}/${store}`;
}

function tenantList(tenant: string, stores: readonly StoreInfo[], hrefOf: StoreHref): Html {
  const sorted = [...stores].sort((a, b) => a.name.localeCompare(b.name, "ja", { numeric: true }));
  const items = sorted.map(
    (store) =>
      html`<li><a href="${hrefOf(store)}"><b>${store.name}</b><span class="muted">${store.store} · ${store.timeZone}</span></a></li>`,
  );
  return html`<section><h2>${tenant}</h2><ul class="card stores">${items}</ul></section>`;
}
