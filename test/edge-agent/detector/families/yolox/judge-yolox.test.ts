import { describe, expect, it } from "vitest";
import { judgeYolox } from "../../../../../edge-agent/detector/families/yolox/judge-yolox.ts";
import { PEOPLE } from "../../../../../edge-agent/detector/probe/scene.ts";
import type { ProbeOutput } from "../../../../../edge-agent/detector/probe/verdict.ts";
import { type RunnableYolox, yoloxRows } from "../../../../models/support/made-models.ts";

const FRAME = { width: 96, height: 64 };
const COLUMNS = 85;

interface Change {
  /** Changes one number of the people's picture. */
  readonly at?: { readonly row: number; readonly column: number; readonly value: number };
  readonly change?: (values: Float32Array) => void;
  readonly constant?: boolean;
}

function judge(model: RunnableYolox, { at, change, constant = false }: Change = {}) {
  const size = { ...FRAME, ...model };
  const columns = model.columns ?? COLUMNS;
  const outputs: ProbeOutput[] = ["an empty picture", PEOPLE].map((picture, k) => {
    const rows = yoloxRows(model);
    if (!constant) for (let i = 4; i < rows.length; i += columns) rows[i] = rows[i]! * (1 - 0.1 * k);
    if (at !== undefined && picture === PEOPLE) rows[at.row * columns + at.column] = at.value;
    change?.(rows);
    return { picture, values: { output: rows } };
  });
  return judgeYolox(outputs, { width: size.width, height: size.height }, columns);
}

describe("judgeYolox", () => {
  it.each([
    { name: "raw", model: {}, boxes: "grid" },
    { name: "raw, person alone", model: { columns: 6 }, boxes: "grid" },
    { name: "raw, large", model: { width: 416, height: 416 }, boxes: "grid" },
    { name: "raw, long", model: { width: 640, height: 64 }, boxes: "grid" },
    { name: "decoded to pixels", model: { boxes: "pixels" }, boxes: "pixels" },
    { name: "decoded, large", model: { boxes: "pixels", width: 416, height: 416 }, boxes: "pixels" },
    { name: "decoded, person alone", model: { boxes: "pixels", columns: 6 }, boxes: "pixels" },
  ] as const)("reads boxes by their numbers: $name", ({ model, boxes }) => {
    expect(judge(model)).toMatchObject({ ok: true, boxes });
  });

  it.each([
    { name: "parts of the picture", model: { boxes: "parts" }, says: /another unit or order.* 0\.01\d* and 0\.01/ },
    { name: "cells", model: { boxes: "cells", width: 416, height: 416 }, says: /another unit or order/ },
    { name: "the whole picture", model: { boxes: "whole" }, says: /lie 48 cells from their own/ },
    { name: "far from their cells", model: { boxes: "far" }, says: /lie 1\d\d? cells from their own/ },
    { name: "logits", model: { scores: "logits" }, says: /objectness scores \(column 5\) go from -6 to .* logits/ },
  ] as const)("refuses $name", ({ model, says }) => {
    expect(judge(model)).toEqual({ ok: false, reason: expect.stringMatching(says) });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %f in any place", (value) => {
    for (const column of [0, 3, 4, 5, 84]) {
      const reason = `on ${PEOPLE} 1 of ${126 * COLUMNS} numbers of "output" are not finite (NaN or infinite)`;
      expect(judge({}, { at: { row: 7, column, value } })).toEqual({ ok: false, reason });
    }
  });

  it.each([
    { name: "a class score", column: 17, value: 1.2, says: "class scores (columns from 6) go from 0 to 1.2" },
    { name: "an objectness", column: 4, value: 87, says: "objectness scores (column 5) go from" },
  ])("refuses $name that is no probability", ({ column, value, says }) => {
    expect(judge({}, { at: { row: 3, column, value } })).toMatchObject({
      ok: false,
      reason: expect.stringContaining(says),
    });
  });

  it("takes probabilities that rounding left a little outside", () => {
    expect(judge({}, { at: { row: 3, column: 9, value: 1.005 } })).toMatchObject({ ok: true });
  });

  it("refuses what gives the same for every picture, and sides beyond all measure", () => {
    expect(judge({}, { constant: true })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("gives the same for"),
    });
    const huge = (values: Float32Array) => {
      for (let at = 2; at < values.length; at += COLUMNS) values[at] = 12;
    };
    expect(judge({}, { change: huge })).toMatchObject({ ok: false, reason: expect.stringContaining("times as large") });
  });

  it("refuses classes in another order: sure of the drawn people, but not as persons", () => {
    const sure = (column: number) => (values: Float32Array) => {
      for (let at = 0; at < values.length; at += COLUMNS) for (let k = 5; k < COLUMNS; k++) values[at + k] = 0.02;
      values[4] = 0.9;
      values[column] = 0.9;
    };
    expect(judge({}, { change: sure(5 + 17) })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("class 17"),
    });
    expect(judge({}, { change: sure(5) })).toMatchObject({ ok: true, drawnPeopleScore: expect.closeTo(0.81, 1) });
  });

  it.each([
    { name: "where they stand", box: [148, 218.5, 78, 207], boxes: "pixels" },
    { name: "height before width", box: [148, 218.5, 207, 78], boxes: undefined },
    { name: "y before x", box: [218.5, 148, 207, 78], boxes: undefined },
  ])("looks where a model is sure of the drawn people: $name", ({ box, boxes }) => {
    const sure = (values: Float32Array) => {
      values.set(box, 1000 * COLUMNS);
      values.fill(1, 1000 * COLUMNS + 4, 1000 * COLUMNS + 6);
    };
    const verdict = judge({ boxes: "pixels", width: 416, height: 416 }, { change: sure });
    expect(verdict).toMatchObject(
      boxes === undefined
        ? { ok: false, reason: expect.stringContaining("of the drawn people it is surest (score 1)") }
        : { ok: true, boxes },
    );
    if (!verdict.ok) expect(verdict.reason).toContain("near [109, 115, 187, 322] or [234, 146, 292, 301]");
  });
});
