import type { FleetDevice, InBoth, OpenAlert, OperationsView } from "../../report/operations/operations-view.ts";
import { FLEET_STATES } from "../../report/operations/operations-view.ts";
import { type Html, html } from "../html.ts";
import { inBoth, type Language, say } from "../text/language.ts";
import { OPERATIONS_WORDS } from "../text/operations-words.ts";
import { pageShell } from "./page-shell.ts";

const words = ({ tag }: Language) => OPERATIONS_WORDS[tag];

export interface OperationsPage extends OperationsView {
  /** The visitor may say something of alerts. */
  readonly mayAct: boolean;
}

/** For who looks after thousands of devices, on a phone: what is wrong and what to do first, then the fleet, ill ones on top. */
export function renderOperationsPage(view: OperationsPage): string {
  const { alerts, devices, counts } = view;
  const ill = devices.filter(isIll);
  const well = devices.filter((device) => !isIll(device));
  const tallies = FLEET_STATES.map(
    (state) =>
      html`<div><dt>${say((l) => words(l).states[state])}</dt><dd><b>${say((l) => l.format.count(counts[state]))}</b></dd></div>`,
  );
  const body = html`<header><div class="bar"><span class="brand">Kazoe <small>数え</small></span><a class="back" href="/">${say((l) => l.texts.allStores)}</a><span class="tools">
<button type="button" id="language" class="tool"><span lang="ja">English</span><span lang="en">日本語</span></button></span></div>
<h1>${say((l) => words(l).title)}</h1><p class="lead">${say((l) => words(l).lead)}</p></header>
<main class="ops"><h2>${say((l) => words(l).alerts)} <small>${say((l) => l.format.count(alerts.length))}</small></h2>
${alerts.length === 0 ? html`<p class="card">${say((l) => words(l).noAlerts)}</p>` : html`<div class="cards">${alerts.map((alert) => alertCard(alert, view))}</div>`}
<h2>${say((l) => words(l).fleet)} <small>${say((l) => l.format.count(devices.length))}</small></h2>
<section class="card"><dl class="numbers">${tallies}</dl></section>
${devices.length === 0 ? html`<p class="card">${say((l) => words(l).noDevices)}</p>` : undefined}
${ill.length > 0 ? html`<section class="card"><h3 id="ill">${say((l) => words(l).ill(l.format.count(ill.length)))}</h3>${deviceTable(ill, view, "ill")}</section>` : undefined}
${well.length > 0 ? html`<section class="card"><details><summary id="well">${say((l) => words(l).healthy(l.format.count(well.length)))}</summary>${deviceTable(well, view, "well")}</details></section>` : undefined}</main>`;
  const title = inBoth((l) => `Kazoe · ${words(l).title}`);
  return pageShell({ title, body, hasCharts: false, made: { at: view.at, isLive: true } });
}

const isIll = ({ state, reasons }: FleetDevice) => reasons.length > 0 || state === "silent" || state === "offline";

function alertCard(alert: OpenAlert, { at, mayAct }: OperationsPage): Html {
  const { severity, since, reasons, ackedBy, muted } = alert;
  const [first] = reasons;
  const items = reasons.map(
    ({ title, runbook, found }) =>
      html`<li><b>${both(title)}</b> <code>${found}</code><div class="steps">${both(runbook)}</div></li>`,
  );
  const ageS = (at.getTime() - Date.parse(since)) / 1000;
  const place =
    alert.tenant === ""
      ? say((l) => words(l).system)
      : html`${[alert.tenant, alert.store, alert.device].filter(Boolean).join(" / ")}`;
  return html`<article class="card alert is-${severity}"><h3><span class="kind is-${severity}">${say((l) => words(l).severities[severity])}</span>${first ? both(first.title) : undefined}</h3>
<p><strong>${first ? both(first.consequence) : undefined}</strong></p>
<p>${place}${first?.found ? html`<br><code>${first.found}</code>` : undefined}<br><span class="muted">${say((l) => words(l).since(timeText(since, l), l.format.age(Math.max(0, ageS))))}</span></p>
${ackedBy === undefined ? undefined : html`<p class="muted">${say((l) => words(l).acked(ackedBy))}</p>`}
${muted === undefined ? undefined : html`<p class="muted">${say((l) => words(l).muted(muted))}</p>`}
<details><summary>${say((l) => words(l).whatToDo)}</summary><ul>${items}</ul></details>
${mayAct ? actions(alert) : undefined}</article>`;
}

/** One tap each; the form goes to this server alone (content security policy). */
function actions({ id, store }: OpenAlert): Html {
  const kinds = ["ack", "silence", ...(store === "" ? [] : ["closed" as const])] as const;
  const buttons = kinds.map(
    (kind) => html`<button class="tool" name="word" value="${kind}">${say((l) => words(l)[kind])}</button> `,
  );
  return html`<form method="post" action="/operations" class="acts"><input type="hidden" name="alert" value="${id}">${buttons}</form>`;
}

/** `name` is the id of what names it. */
function deviceTable(devices: readonly FleetDevice[], { at }: OperationsView, name: "ill" | "well"): Html {
  // What is wrong stands before what is only good to know: a phone shows the first three.
  const heads = (["device", "state", "reason", "lastSeen", "version"] as const).map(
    (head) => html`<th scope="col">${say((l) => words(l)[head])}</th>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${name}"><table><thead><tr>${heads}</tr></thead><tbody>${devices.map((device) => deviceRow(device, at))}</tbody></table></div>`;
}

function deviceRow({ tenant, store, device, state, lastSeenAt, reasons, agentVersion }: FleetDevice, at: Date): Html {
  const ageS = Math.max(0, (at.getTime() - Date.parse(lastSeenAt)) / 1000);
  return html`<tr><th scope="row"><a href="/stores/${tenant}/${store}">${tenant}/${store}</a> ${device}</th><td class="state ${state}">${say((l) => words(l).states[state])}</td><td class="why">${reasons.map((reason, index) => html`${index > 0 ? ", " : ""}${both(reason)}`)}</td><td>${say((l) => l.format.age(ageS))}</td><td>${agentVersion}</td></tr>`;
}

const both = (text: InBoth) => say((l) => text[l.tag]);

/** Stores lie in many zones: operations read UTC. */
const timeText = (iso: string, { format }: Language) => `${format.localTime(iso.slice(0, 19))} UTC`;
