import { reasonText } from "../../cloud-ingest/alerts/sinks/alert-text.ts";
import type { CloudReady } from "../../cloud-ingest/cloud.ts";
import type { ListedAlert } from "../../cloud-ingest/operator/alerts-desk.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import { ILL_DEVICE, ILL_RULE } from "../demo/ill-device.ts";

/** The camera's view is judged by 20 black seconds; a machine that counts the while takes some more. */
const WAIT_MS = 45_000;
const POLL_MS = 500;

/** An alert as the demo prints it; `--json` has these names. */
export interface ToldAlert {
  /** `tenant/store/device`. */
  readonly device: string;
  readonly severity: string;
  readonly consequence: string;
  /** What is wrong, the rule and what it found. */
  readonly reason: string;
  /** First line of the runbook. */
  readonly firstStep: string;
}

/**
 * What the alert engine of the running cloud half has told about devices, once it has told of the ill one. Without it after a while,
 * or when `signal` aborts: what there is.
 */
export async function toldAlerts(
  { standingAlerts }: Pick<CloudReady, "standingAlerts">,
  signal: AbortSignal,
): Promise<readonly ToldAlert[]> {
  const endMs = systemClock.monotonicMs() + WAIT_MS;
  for (;;) {
    const told = (await standingAlerts()).filter(({ toldAt }) => toldAt !== undefined);
    const isThere = told.some(
      ({ subject, reasons }) => subject.device === ILL_DEVICE && reasons.some(({ rule }) => rule === ILL_RULE),
    );
    if (isThere || signal.aborted || systemClock.monotonicMs() > endMs) return told.map(shown);
    await pause(POLL_MS, signal);
  }
}

function shown({ subject: { tenant, store, device }, severity, reasons }: ListedAlert): ToldAlert {
  const [worst] = reasons;
  const firstStep = (worst?.runbook.en ?? "").trim().split("\n")[0] ?? "";
  return {
    ...{
      device: `${tenant}/${store}/${device}`,
      severity,
      reason: reasons.map((one) => reasonText(one, "en")).join("; "),
    },
    ...{ consequence: worst?.consequence.text.en ?? "", firstStep: firstStep.replace(/^1\.\s*/, "") },
  };
}
