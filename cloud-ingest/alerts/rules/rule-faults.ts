import type { Fault } from "../../../firmware-config/config/problem.ts";
import type { RuleConfig, Test } from "./rule-config.ts";
import { SIGNALS } from "./signals.ts";

const COMPARISONS = ["above", "below", "is", "isNot"] as const;

/** What one rule must keep beyond its schema. */
export function ruleFaults(rule: RuleConfig): readonly Fault[] {
  const { any, all } = rule.when;
  const both = (any === undefined) === (all === undefined);
  return [
    ...(both ? [{ path: ["when"], text: "one of any and all" }] : []),
    ...(any ?? []).flatMap((test, index) => testFaults(rule, test, ["when", "any", index])),
    ...(all ?? []).flatMap((test, index) => testFaults(rule, test, ["when", "all", index])),
    ...(rule.after.includes(rule.name) ? [{ path: ["after"], text: "a rule cannot come after itself" }] : []),
    ...(rule.scope === "system" && rule.hours === "open"
      ? [{ path: ["hours"], text: "the system has no opening hours; a store or a device has" }]
      : []),
  ];
}

function testFaults({ scope }: RuleConfig, test: Test, path: readonly (string | number)[]): readonly Fault[] {
  const { kind, scopes } = SIGNALS[test.signal];
  const used = COMPARISONS.filter((one) => test[one] !== undefined);
  const faults: Fault[] = [];
  const allowed = kind === "number" ? "above or below" : "is or isNot";
  const fits = kind === "number" ? ["above", "below"] : ["is", "isNot"];
  if (used.length !== 1 || !fits.includes(used[0] ?? "")) {
    faults.push({ path, text: `a ${kind} takes one of ${allowed}` });
  }
  if (kind === "number" && test.unsure) faults.push({ path: [...path, "unsure"], text: "is for words" });
  if (!scopes.some((one) => one === scope)) {
    faults.push({ path: [...path, "signal"], text: `a ${scope} has no such signal, only ${scopes.join(", ")}` });
  }
  return faults;
}

/** Rules in the order in which they are judged: each after those that come first. A ring, or a name that is none, is a fault of its rule. */
export function inOrder<R extends Pick<RuleConfig, "name" | "after">>(
  rules: readonly R[],
): { readonly ordered: readonly R[]; readonly faults: readonly { readonly rule: R; readonly text: string }[] } {
  const names = new Set(rules.map(({ name }) => name));
  const faults = rules.flatMap((rule) =>
    rule.after
      .filter((name) => !names.has(name))
      .map((name) => ({ rule, text: `there is no rule ${name}; rules are ${[...names].sort().join(", ")}` })),
  );
  const ordered: R[] = [];
  const done = new Set<string>();
  let left = [...rules].sort((a, b) => (a.name < b.name ? -1 : 1));
  while (left.length > 0) {
    const ready = left.filter(({ after }) => after.every((name) => done.has(name) || !names.has(name)));
    if (ready.length === 0) {
      return {
        ordered,
        faults: [...faults, ...left.map((rule) => ({ rule, text: "these rules wait for each other" }))],
      };
    }
    for (const rule of ready) done.add(rule.name);
    ordered.push(...ready);
    left = left.filter(({ name }) => !done.has(name));
  }
  return { ordered, faults };
}
