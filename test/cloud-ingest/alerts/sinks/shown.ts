import type { Notification, ShownAlert } from "../../../../cloud-ingest/alerts/sinks/sink.ts";
import { RULES } from "../engine/fleet.ts";

export function shown(over: Partial<ShownAlert> = {}, names = ["device-offline"]): ShownAlert {
  const reasons = names.map((name) => {
    const rule = RULES.find((one) => one.name === name);
    if (!rule) throw new Error(`no rule ${name}`);
    const { title, severity, owner, consequence, runbook } = rule;
    return {
      ...{ rule: name, title, severity, owner, consequence, runbook, state: "firing" as const },
      ...{ since: "2026-03-02T01:00:00.000Z", findings: [{ signal: "offlineS" as const, value: 712.3456 }] },
    };
  });
  return {
    ...{ alertId: "a-1", subject: { tenant: "acme", store: "ginza", device: "door-1" }, state: "firing" },
    ...{ severity: "warning", since: "2026-03-02T01:00:00.000Z", reasons, ...over },
  };
}

export const notification = (
  number: number,
  kind: Notification["kind"],
  alert: ShownAlert = shown(),
): Notification => ({
  ...{ id: `n-${number}`, number, kind, at: "2026-03-02T01:12:00.000Z" },
  alert: kind === "resolved" ? { until: "2026-03-02T02:00:00.000Z", ended: "recovered", ...alert, state: "ok" } : alert,
});
