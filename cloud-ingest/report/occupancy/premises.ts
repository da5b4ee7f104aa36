/** What the report has to know of a shop beside its counts; the registry tells it. */
export interface Premises {
  readonly doors: readonly PremisesDoor[];
  /** When it is open on a date, minutes from its midnight, the end beyond 1,440 past midnight; empty: closed; undefined: nobody said. */
  hours(date: string): readonly OpenStretch[] | undefined;
  /** Names of what falls on a date; left out: nobody says. */
  names?(date: string): { readonly holiday?: string; readonly event?: string };
}

export interface PremisesDoor {
  readonly name: string;
  /** What counts it: `device/camera/target`. */
  readonly targets: readonly string[];
  /** Within the shop: who crosses it has come in by another door. */
  readonly isInner: boolean;
}

export interface OpenStretch {
  readonly from: number;
  readonly to: number;
}

/** A shop of which nothing is known. */
export const UNKNOWN_PREMISES: Premises = { doors: [], hours: () => undefined };
