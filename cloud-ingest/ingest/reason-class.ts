/** Reasons of quarantine by what is wrong, for counts and alarms: a text may hold anything, these words are few. */
const CLASSES = [
  ["too-large", /^larger than/],
  ["topic", /^unknown (topic|kind of topic)|^kind not handled/],
  ["unreadable", /^not JSON|^unreadable/],
  ["version", /^unknown contract version/],
  ["contract", /^\//],
  ["identity", /^deviceId is not|^no store/],
  ["clock", /^ts is/],
  ["window", /^windowStart/],
  ["warehouse", /^the warehouse/],
  ["damaged", /damaged/],
] as const;

export const REASON_CLASSES = [...CLASSES.map(([name]) => name), "other" as const];
export type ReasonClass = (typeof REASON_CLASSES)[number];

/** The class of a reason as `sort.ts` and the contract word it. */
export function reasonClassOf(reason: string): ReasonClass {
  return CLASSES.find(([, pattern]) => pattern.test(reason))?.[0] ?? "other";
}
