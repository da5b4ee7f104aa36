import Type from "typebox";
import { Identifier } from "../../../firmware-config/contract/identifier.ts";
import { SCOPES, SIGNAL_NAMES, SIGNALS } from "./signals.ts";

const word = Type.String({ minLength: 1, maxLength: 64 });
const words = (description: string) => Type.Optional(Type.Array(word, { minItems: 1, maxItems: 50, description }));

const Test = Type.Object(
  {
    signal: Type.Enum([...SIGNAL_NAMES], {
      description: SIGNAL_NAMES.map((name) => `${name}: ${SIGNALS[name].what}`).join("; "),
    }),
    above: Type.Optional(Type.Number({ description: "bad when it is larger" })),
    below: Type.Optional(Type.Number({ description: "bad when it is smaller" })),
    is: words("bad when it is one of these words"),
    isNot: words("bad when it is none of these words: a word that a newer device may say too"),
    unsure: words("words that say nothing, neither good nor bad"),
  },
  { additionalProperties: false, description: "one comparison; of several cameras one bad one is enough" },
);
export type Test = Type.Static<typeof Test>;

const tests = (description: string) => Type.Optional(Type.Array(Test, { minItems: 1, maxItems: 10, description }));

const bilingual = (description: string, maxLength: number) =>
  Type.Object(
    { en: Type.String({ minLength: 1, maxLength }), ja: Type.String({ minLength: 1, maxLength }) },
    { additionalProperties: false, description },
  );

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

const Consequence = Type.Object(
  {
    data: Type.Enum(["lost", "late", "false", "none"], {
      description:
        "lost: nothing is counted; late: it is counted and comes later; false: what is counted is not so; none: not yet",
    }),
    kpis: Type.Array(word, { default: [], maxItems: 20, description: "numbers of the client that are affected" }),
    text: bilingual("what the client sees of it", 500),
  },
  { additionalProperties: false, description: "what it costs the client; stands first in every message" },
);
export type Consequence = Type.Static<typeof Consequence>;

/** One rule: one YAML file of its name. */
export const RuleConfig = Type.Object(
  {
    name: Identifier,
    enabled: Type.Boolean({ default: true, description: "false: the rule of this name is not there" }),
    scope: Type.Enum([...SCOPES], { default: "device", description: "what it looks at, one by one" }),
    when: Type.Object(
      { any: tests("bad when one of them is"), all: tests("bad when all of them are") },
      { additionalProperties: false, description: "the condition: any or all" },
    ),
    after: Type.Array(Identifier, {
      default: [],
      maxItems: 20,
      description: "rules that come first: while one of them is bad this one cannot judge",
    }),
    for: Type.Integer({
      default: 2,
      minimum: 1,
      maximum: 1_000,
      description: "fires after so many bad looks in a row",
    }),
    clear: Type.Integer({
      default: 3,
      minimum: 1,
      maximum: 1_000,
      description: "ends after so many good looks in a row; never by silence",
    }),
    hours: Type.Enum(["always", "open"], {
      default: "always",
      description: "open: judged in opening hours of the store only; where nobody said any, always",
    }),
    flap: Type.Object(
      {
        times: Type.Integer({ default: 3, minimum: 2, maximum: 21, description: "fires so often" }),
        withinMin: Type.Integer({ default: 120, minimum: 1, maximum: 10_080, description: "within so many minutes" }),
      },
      { additionalProperties: false, default: {}, description: "then it is flapping: one alert until it is calm" },
    ),
    weight: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      maximum: 1,
      description: "share of an alert that it is alone; the device's alert opens when its firing rules come to 1",
    }),
    severity: Type.Enum([...SEVERITIES], {
      default: "warning",
      description: "critical: data is being lost now, at a store or more; warning: a ticket; info: shown only",
    }),
    owner: Type.String({ default: "operations", minLength: 1, maxLength: 64, description: "who acts" }),
    title: bilingual("what is the matter, in some words", 120),
    consequence: Consequence,
    runbook: bilingual("what to do first", 4_000),
  },
  { additionalProperties: false, title: "Kazoe alert rule" },
);
export type RuleConfig = Type.Static<typeof RuleConfig>;

/** A rule that is in force. */
export interface Rule extends RuleConfig {
  /** Of its content: a rule that says something else has another one. */
  readonly version: string;
}
