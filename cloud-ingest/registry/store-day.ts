import type { OpenSpan } from "./opening-hours.ts";

/** An entry of the registry that had its say about a date. */
export interface Decision {
  readonly what: "open" | "place" | "hours" | "holiday" | "event" | "shock" | "moved";
  readonly says: string;
  /** The level: `tenant acme`, `store acme/ginza`, `door acme/ginza/main`, or where it comes from otherwise. */
  readonly by: string;
  /** Where it stands, when it stands in a file. */
  readonly at?: { readonly file: string; readonly line: number };
  /** The row of table `calendar` that says so, when it is one: its name, and who sent it when (RFC 3339 UTC). */
  readonly row?: { readonly key: string; readonly version: number; readonly by: string; readonly at: string };
}

/** What the registry says of one business date at one place. */
export interface StoreDay {
  readonly date: string;
  /** Empty when it is closed; undefined when nobody said. */
  readonly hours?: readonly OpenSpan[];
  /** Why it is closed, when it is all day for a reason of its own. */
  readonly closed?: string;
  readonly holiday?: string;
  readonly events: readonly string[];
  readonly shocks: readonly string[];
  /** Devices that were moved on this date. */
  readonly moves: readonly string[];
  /** Who decided what, in the order of asking. */
  readonly decisions: readonly Decision[];
}
