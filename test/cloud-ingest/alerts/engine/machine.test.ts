import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FRESH, type Look, type Machine, type State, step } from "../../../../cloud-ingest/alerts/engine/machine.ts";

const RULE = { for: 2, clear: 3, flap: { times: 3, withinMin: 60 } };
const MINUTE = 60_000;

/** `b` bad, `g` good, `?` no evidence, `m` muted, `=` the evidence of before again; one a minute. */
function run(looks: string, rule = RULE, from: Machine = FRESH) {
  let machine = from;
  let stampMs = 0;
  const states: State[] = [];
  for (const [minute, look] of [...looks].entries()) {
    // What says nothing is no evidence that could come again.
    if (look === "b" || look === "g") stampMs = (minute + 1) * MINUTE;
    const verdict = look === "b" ? "bad" : "good";
    const last = looks.slice(0, minute).replace(/[^bg]/g, "").at(-1) === "b" ? "bad" : "good";
    const judged = { verdict: look === "=" ? last : verdict, stampMs, sinceMs: stampMs - 1_000, findings: [] } as const;
    const asked: Look = look === "m" ? { mute: "closed" } : look === "?" ? { ...judged, verdict: "unknown" } : judged;
    machine = step(machine, rule, asked, (minute + 1) * MINUTE);
    states.push(machine.state);
  }
  return { machine, states };
}

describe("a rule's machine", () => {
  test.each<{ name: string; looks: string; states: string }>([
    { name: "fires after so many bad in a row", looks: "gbb", states: "ok suspect firing" },
    { name: "forgets a single bad one", looks: "bgbg", states: "suspect ok suspect ok" },
    { name: "clears after so many good in a row", looks: "bbggg", states: "suspect firing recovering recovering ok" },
    { name: "fires on when the recovery does not last", looks: "bbgb", states: "suspect firing recovering firing" },
    {
      name: "is never resolved by silence",
      looks: "bb????b",
      states: "suspect firing unknown unknown unknown unknown firing",
    },
    {
      name: "clears on positive evidence after silence",
      looks: "bb?ggg",
      states: "suspect firing unknown recovering recovering ok",
    },
    { name: "takes silence for neither", looks: "b?b", states: "suspect unknown firing" },
    { name: "counts one piece of evidence once", looks: "b==b", states: "suspect suspect suspect firing" },
    {
      name: "does not clear by the same good evidence",
      looks: "bbg===",
      states: "suspect firing recovering recovering recovering recovering",
    },
    { name: "stays open over a closed night", looks: "bbmmb", states: "suspect firing muted muted firing" },
    { name: "does not hold yesterday against the morning", looks: "bmb", states: "suspect muted suspect" },
    {
      name: "is flapping after so many firings",
      looks: "bbgbgb",
      states: "suspect firing recovering firing recovering flapping",
    },
  ])("$name", ({ looks, states }) => {
    expect(run(looks).states.join(" ")).toBe(states);
  });

  test("starts with the first bad evidence and ends with the first good one", () => {
    const { machine } = run("gbbbgggg");
    expect(machine).toMatchObject({ state: "ok", isOpen: false });
    expect(machine).not.toHaveProperty("sinceMs");
    expect(run("bbgggb").machine.sinceMs).toBe(6 * MINUTE - 1_000);
    const ended = run("gbbbggg").machine;
    expect(ended).toMatchObject({ state: "ok", sinceMs: 2 * MINUTE - 1_000, untilMs: 5 * MINUTE });
  });

  test("a flapping one is one alert until it has been calm for half its window", () => {
    const { machine, states } = run(`bbgbgb${"g".repeat(40)}`);
    expect(states.filter((state) => state === "ok")).toHaveLength(states.length - states.lastIndexOf("flapping") - 1);
    expect(states.lastIndexOf("flapping")).toBe(6 + 29 - 1);
    expect(machine).toMatchObject({ state: "ok", isOpen: false });
  });

  test("firings over several alerts make it flapping too", () => {
    expect(run("bbgggbbgggbb").states.at(-1)).toBe("flapping");
    // Long ago does not count.
    expect(run(`bbggg${"g".repeat(60)}bbgggbb`).states.at(-1)).toBe("firing");
  });

  test("whatever comes: open means firing and not yet enough good; only good evidence closes; no number grows without bound", () => {
    const looks = fc.string({ unit: fc.constantFrom("b", "g", "?", "m", "="), minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(looks, (text) => {
        let before = FRESH;
        for (let index = 1; index <= text.length; index += 1) {
          const { machine } = run(text.slice(0, index));
          if (before.isOpen && !machine.isOpen) expect(text[index - 1]).toBe("g");
          if (!before.isOpen && machine.isOpen) expect(text[index - 1]).toBe("b");
          if (["firing", "recovering", "flapping"].includes(machine.state)) expect(machine.isOpen).toBe(true);
          if (["ok", "suspect"].includes(machine.state)) expect(machine.isOpen).toBe(false);
          expect(machine.fires.length).toBeLessThanOrEqual(RULE.flap.times);
          before = machine;
        }
      }),
      { numRuns: 500 },
    );
  });
});
