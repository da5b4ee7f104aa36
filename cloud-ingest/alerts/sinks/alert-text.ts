import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import { subjectText } from "../engine/subject.ts";
import type { Language, Notification, ShownAlert, ShownReason } from "./sink.ts";

const KINDS: Readonly<Record<Language, Readonly<Record<Notification["kind"], string>>>> = {
  en: { firing: "FIRING", update: "UPDATE", resolved: "RESOLVED" },
  ja: { firing: "発生", update: "更新", resolved: "復旧" },
};

const DATA: Readonly<Record<Language, Readonly<Record<ShownReason["consequence"]["data"], string>>>> = {
  en: { lost: "Data is lost", late: "Data is late", false: "Data is false", none: "No data affected yet" },
  ja: { lost: "データ欠損", late: "データ遅延", false: "データ不正確", none: "データへの影響なし" },
};

const ENDED: Readonly<Record<Language, Readonly<Record<NonNullable<ShownAlert["ended"]>, string>>>> = {
  en: { recovered: "recovered", closed: "the shop is closed", removed: "no longer watched" },
  ja: { recovered: "回復しました", closed: "休業のため終了", removed: "監視対象外になりました" },
};

const LABELS = {
  en: {
    since: "since",
    until: "until",
    why: "Evidence",
    todo: "What to do first",
    unsure: "no evidence at present",
    flapping: "comes and goes",
  },
  ja: {
    since: "開始",
    until: "終了",
    why: "根拠",
    todo: "最初の対応",
    unsure: "現在は根拠なし",
    flapping: "断続的に発生",
  },
} as const;

/** The order in which consequences matter. */
const WORST: readonly ShownReason["consequence"]["data"][] = ["lost", "false", "late", "none"];

/** What it costs the client: the worst of its reasons. */
export function worstReason({ reasons }: Pick<ShownAlert, "reasons">): ShownReason | undefined {
  return [...reasons].sort((a, b) => WORST.indexOf(a.consequence.data) - WORST.indexOf(b.consequence.data))[0];
}

/** `[FIRING] acme/ginza/door-1: Data is lost - Camera gives no picture`; one line. */
export function headline({ kind, alert }: Pick<Notification, "kind" | "alert">, language: Language): string {
  const worst = worstReason(alert);
  const titles = alert.reasons.map(({ title }) => title[language]).join(", ");
  const what = worst ? `${DATA[language][worst.consequence.data]} - ${titles}` : titles;
  return safeLine(`[${KINDS[language][kind]}] ${subjectText(alert.subject)}: ${what}`, 300);
}

/** The message below the headline: the consequence first, then evidence, then what to do. */
export function bodyText({ kind, alert }: Pick<Notification, "kind" | "alert">, language: Language): string {
  const words = LABELS[language];
  const worst = worstReason(alert);
  const lines = [
    ...(worst ? [worst.consequence.text[language]] : []),
    `${words.since}: ${alert.since}${alert.until === undefined ? "" : `, ${words.until}: ${alert.until}`}`,
    ...(alert.ended === undefined ? [] : [ENDED[language][alert.ended]]),
    "",
    `${words.why}:`,
    ...alert.reasons.map((reason) => `- ${reasonText(reason, language)}`),
  ];
  if (kind === "resolved") return lines.join("\n");
  const runbooks = alert.reasons.map(({ title, runbook }) => `${title[language]}\n${runbook[language].trimEnd()}`);
  return [
    ...lines,
    "",
    `${words.todo}:`,
    ...runbooks,
    "",
    `kazoe alerts ack ${alert.alertId}`,
    `kazoe alerts closed ${alert.alertId}`,
  ].join("\n");
}

/** `Disk is nearly full (disk-full): diskFreeMb 10`. */
export function reasonText({ title, rule, findings, state }: ShownReason, language: Language): string {
  const { unsure, flapping } = LABELS[language];
  const word = { unknown: `, ${unsure}`, flapping: `, ${flapping}` }[String(state)] ?? "";
  return safeLine(`${title[language]} (${rule}): ${findingsText(findings)}${word}`, 500);
}

/** `door: cameraView black, diskFreeMb 10`. */
export function findingsText(findings: ShownReason["findings"]): string {
  const found = findings.map(
    ({ signal, value, of }) =>
      `${of === undefined || of === "" ? "" : `${of}: `}${signal} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`,
  );
  return safeLine(found.join(", "), 300);
}

/** KPIs that are affected, each once. */
export const kpisOf = ({ reasons }: Pick<ShownAlert, "reasons">): readonly string[] => [
  ...new Set(reasons.flatMap(({ consequence }) => consequence.kpis)),
];
