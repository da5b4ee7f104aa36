import type { Scope } from "../rules/signals.ts";

/** What an alert is about: a device; a store, where `device` is empty; the whole system, where all three are. */
export interface Subject {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
}

export const SYSTEM: Subject = { tenant: "", store: "", device: "" };

/** Names hold no blank, so that no two subjects share a key. */
export const subjectKey = ({ tenant, store, device }: Subject) => `${tenant} ${store} ${device}`;

export function scopeOf({ store, device }: Subject): Scope {
  if (device !== "") return "device";
  return store === "" ? "system" : "store";
}

/** The subjects above it, the highest first. */
export function above({ tenant, store, device }: Subject): readonly Subject[] {
  if (store === "") return [];
  return device === "" ? [SYSTEM] : [SYSTEM, { tenant, store, device: "" }];
}

/** `acme/ginza/door-1`, `acme/ginza`, `system`. */
export const subjectText = ({ tenant, store, device }: Subject) =>
  [tenant, store, device].filter((one) => one !== "").join("/") || "system";

/** True when `wider` is the subject or holds it; an empty part of it is any. */
export function covers(wider: Partial<Subject>, { tenant, store, device }: Subject): boolean {
  const fits = (asked: string | undefined, has: string) => !asked || asked === has;
  return fits(wider.tenant, tenant) && fits(wider.store, store) && fits(wider.device, device);
}
