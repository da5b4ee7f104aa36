import { expect, test } from "vitest";
import { storePanel } from "../../../../cloud-ingest/jobs/quality/store-panel.ts";
import { trafficRow } from "../../../support/sample-traffic.ts";

const DAY = "2026-11-23";
const row = (deviceId: string, targetId: string, targetKind: "line" | "zone" = "line") =>
  trafficRow({ deviceId, cameraId: "c", targetId, targetKind, in: 1, visits: targetKind === "zone" ? 1 : 0 });

const rows = [row("a", "door"), row("a", "mat", "zone"), row("b", "door"), row("b", "shelf", "zone")];

function mates(doors?: readonly (readonly string[])[]) {
  const range = { from: DAY, to: DAY };
  const { panel } = storePanel({ rows, range, notes: new Map(), neighbours: [], ...(doors && { doors }) });
  const short = (name: string) => name.replaceAll("/c/", "/").replace(/\/(line|zone)\//, "/");
  const of = (map: ReadonlyMap<string, readonly string[]> | undefined) =>
    Object.fromEntries([...(map ?? [])].map(([name, others]) => [short(name), others.map(short)]));
  return { sameDevice: of(panel.sameDevice), sameDoor: of(panel.sameDoor) };
}

test("what one device counts is known, with or without a registry", () => {
  expect(mates().sameDevice).toMatchObject({
    "a/door/in": ["a/door/out", "a/mat/visits"],
    "b/shelf/visits": ["b/door/in", "b/door/out"],
  });
  expect(Object.values(mates().sameDoor).flat()).toEqual([]);
});

test("targets of other devices at the same door, in the same way through it", () => {
  const { sameDoor } = mates([["a/c/door", "a/c/mat", "b/c/door"], ["b/c/shelf"]]);
  expect(sameDoor).toEqual({
    "a/door/in": ["b/door/in"],
    "a/door/out": ["b/door/out"],
    "a/mat/visits": ["b/door/in", "b/door/out"],
    "b/door/in": ["a/door/in", "a/mat/visits"],
    "b/door/out": ["a/door/out", "a/mat/visits"],
    "b/shelf/visits": [],
  });
});
