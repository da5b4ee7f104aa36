import { findingsText } from "./alerts/sinks/alert-text.ts";
import type { AlertsDesk, ListedAlert } from "./operator/alerts-desk.ts";
import type { FleetRecord, OpenAlert } from "./report/operations/operations-view.ts";
import type { OperationsBook, Saying } from "./server/operations-page-routes.ts";
import type { SignalStore } from "./warehouse/alert-port.ts";
import { statusOf } from "./warehouse/presence.ts";

interface Parts {
  readonly alerts: Pick<AlertsDesk, "standing" | "say">;
  readonly warehouse: Pick<SignalStore, "deviceRecords">;
}

/** Tells the page for operations what the alert engine and the warehouse know; all devices are one question. */
export function operationsBook({ alerts, warehouse }: Parts): OperationsBook {
  return {
    alerts: async () => (await alerts.standing()).map(openAlert),
    fleet: async () =>
      (await warehouse.deviceRecords()).map((record): FleetRecord => {
        const { tenant, store, device, agentVersion, modelName } = record;
        const { online, stopped, lastSeenAt } = statusOf(record);
        return { tenant, store, device, agentVersion, modelName, online, stopped: stopped === true, lastSeenAt };
      }),
    say: async (word: Saying, alertId: string, by: string) => {
      await alerts.say({ word, alertId, by, note: "said on the page for operations" });
    },
  };
}

function openAlert({ alertId, subject, severity, since, reasons, ackedBy, muted }: ListedAlert): OpenAlert {
  return {
    ...{ id: alertId, tenant: subject.tenant, store: subject.store, device: subject.device, severity, since },
    reasons: reasons.map(({ title, consequence, runbook, findings }) => ({
      ...{ title, consequence: consequence.text, runbook, found: findingsText(findings) },
    })),
    ...(ackedBy !== undefined && { ackedBy }),
    ...(muted !== undefined && { muted }),
  };
}
