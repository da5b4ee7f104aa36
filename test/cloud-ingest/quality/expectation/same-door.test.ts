import { describe, expect, test } from "vitest";
import { judgePanel } from "../../../../cloud-ingest/quality/judge-panel.ts";
import type { Panel } from "../../../../cloud-ingest/quality/panel.ts";
import { changed, madePanel } from "../made-panels.ts";

const [FROM, TO] = [120, 134];
const made = madePanel({ doors: 6 });
/** A second line or zone at door 2: the same people, one missed now and then. */
const twin = made.values[2]!.map((count, slot) => Math.max(0, Math.round(count * (slot % 3 === 0 ? 0.95 : 1))));
const panel: Panel = { ...made, names: [...made.names, "twin"], values: [...made.values, twin] };
const mates = new Map([
  ["door 2", ["twin"]],
  ["twin", ["door 2"]],
]);

const scaled = (from: Panel, index: number, factor: number) =>
  changed(from, index, (series) => {
    for (let slot = FROM * 24; slot < TO * 24; slot++) series[slot] = Math.round(series[slot]! * factor);
  });
const found = (judged: Panel) => {
  const flags = judgePanel(judged).flags.filter(({ kind }) => kind === "device");
  return new Set(flags.map(({ series, rule }) => `${series} ${rule}`));
};

const both = scaled(scaled(panel, 2, 0.6), 6, 0.6);

describe("two targets of one door", () => {
  test("of one device: a half blocked camera loses in both, which excuse each other no more", () => {
    expect(found(both)).toEqual(new Set());
    expect(found({ ...both, sameDevice: mates })).toEqual(new Set(["door 2 sibling-step", "twin sibling-step"]));
  });

  test("of two devices: what both lose the door has lost", () => {
    expect(found({ ...both, sameDoor: mates })).toEqual(new Set());
  });

  test("of two devices: the one that loses alone is found, and the other not doubted", () => {
    expect(found({ ...scaled(panel, 2, 0.6), sameDoor: mates })).toEqual(new Set(["door 2 sibling-step"]));
  });

  test.each([{ sameDevice: mates }, { sameDoor: mates }])("in order raise nothing", (more) => {
    expect(found({ ...panel, ...more })).toEqual(new Set());
  });

  test("of one device with nobody else beside it still tell of one line that fails", () => {
    const alone = { ...panel, names: ["door 2", "twin"], values: [panel.values[2]!, panel.values[6]!] };
    const one = { ...scaled(alone, 0, 0), sameDevice: mates };
    expect(found(one)).toEqual(new Set(["door 2 dead"]));
  });
});
