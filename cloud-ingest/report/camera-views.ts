import { VIEW_FAULTS, VIEWS } from "../../firmware-config/contract/view.ts";
import type { HealthRow, SignalStore } from "../warehouse/alert-port.ts";
import type { StoreInfo } from "../warehouse/port.ts";

/** A camera that does not see what it should, by its device's last word. */
export interface FaultyView {
  readonly deviceId: string;
  readonly cameraId: string;
  /** A word of `VIEW_FAULTS`, or of a newer device one that we do not know. */
  readonly fault: string;
}

/** What is older says nothing of now. */
const MAX_AGE_MS = 15 * 60_000;
/** A clock of ours that was set back loses nothing. */
const AHEAD_MS = 6 * 60_000;

/** Cameras of a store whose view has a fault now. */
export async function loadFaultyViews(
  warehouse: Pick<SignalStore, "healthBetween">,
  { store, now }: { readonly store: StoreInfo; readonly now: Date },
): Promise<readonly FaultyView[]> {
  const at = (ms: number) => new Date(now.getTime() + ms).toISOString();
  const rows = await warehouse.healthBetween({ from: at(-MAX_AGE_MS), to: at(AHEAD_MS) }, store);
  return faultyViewsOf(rows);
}

/** `rows` oldest first. A backlog says nothing of now. */
export function faultyViewsOf(rows: readonly HealthRow[]): readonly FaultyView[] {
  const last = new Map<string, HealthRow>();
  for (const row of rows) if (!row.historical) last.set(row.device, row);
  return [...last.values()].flatMap(({ device, cameras }) =>
    cameras.flatMap(({ id, view }) => {
      if (typeof id !== "string" || typeof view !== "string" || !isFault(view)) return [];
      return [{ deviceId: device, cameraId: id, fault: view }];
    }),
  );
}

const isFault = (view: string) => VIEW_FAULTS.some((one) => one === view) || !VIEWS.some((one) => one === view);
