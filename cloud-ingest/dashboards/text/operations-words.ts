import type { FleetState } from "../../report/operations/operations-view.ts";

/** What the page for operations says; a language that lacks a word does not compile. */
export interface OperationsWords {
  readonly title: string;
  readonly lead: string;
  readonly alerts: string;
  readonly noAlerts: string;
  readonly fleet: string;
  readonly noDevices: string;
  readonly states: Readonly<Record<FleetState, string>>;
  readonly severities: Readonly<Record<"info" | "warning" | "critical", string>>;
  readonly system: string;
  readonly since: (time: string, age: string) => string;
  readonly whatToDo: string;
  readonly acked: (name: string) => string;
  readonly muted: (why: string) => string;
  readonly ack: string;
  readonly silence: string;
  readonly closed: string;
  readonly device: string;
  readonly state: string;
  readonly lastSeen: string;
  readonly version: string;
  readonly reason: string;
  readonly ill: (count: string) => string;
  readonly healthy: (count: string) => string;
}

const english: OperationsWords = {
  title: "Operations",
  lead: "What is wrong now, what it costs the client, and every device.",
  alerts: "Alerts",
  noAlerts: "Nothing is wrong that we know of.",
  fleet: "Devices",
  noDevices: "No device was ever heard of.",
  states: { silent: "silent", offline: "offline", online: "online", finished: "said goodbye" },
  severities: { critical: "critical", warning: "warning", info: "note" },
  system: "the whole system",
  since: (time, age) => `since ${time} (${age})`,
  whatToDo: "What to do",
  acked: (name) => `${name} acts on it`,
  muted: (why) => `nobody is told: ${why}`,
  ack: "I act on it",
  silence: "Silent for 4 hours",
  closed: "The shop was closed",
  device: "Device",
  state: "State",
  lastSeen: "Last heard of",
  version: "Software",
  reason: "Reason",
  ill: (count) => `Devices that need a look: ${count}`,
  healthy: (count) => `Devices in order: ${count}`,
};

const japanese: OperationsWords = {
  title: "運用",
  lead: "いま起きている異常、お客様への影響、全機器の状態",
  alerts: "アラート",
  noAlerts: "現在、把握している異常はありません。",
  fleet: "機器",
  noDevices: "通信のあった機器はまだありません。",
  states: { silent: "応答なし", offline: "オフライン", online: "接続中", finished: "計測終了" },
  severities: { critical: "重大", warning: "警告", info: "参考" },
  system: "システム全体",
  since: (time, age) => `${time}から（${age}）`,
  whatToDo: "対応手順",
  acked: (name) => `${name} が対応中`,
  muted: (why) => `通知停止中：${why}`,
  ack: "対応する",
  silence: "4時間通知しない",
  closed: "休業日だった",
  device: "機器",
  state: "状態",
  lastSeen: "最終通信",
  version: "ソフトウェア",
  reason: "理由",
  ill: (count) => `確認が必要な機器 ${count}台`,
  healthy: (count) => `正常な機器 ${count}台`,
};

export const OPERATIONS_WORDS = { en: english, ja: japanese } as const;
