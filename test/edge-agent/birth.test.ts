import { expect, test } from "vitest";
import { birthOf } from "../../edge-agent/birth.ts";
import { faultOf } from "../../firmware-config/contract/messages.ts";
import { FakeClock } from "../support/drafts.ts";
import { walkConfig } from "./walk.ts";

const MODEL = { name: "none", sha256: "0".repeat(64) };

const born = (cameraIds: readonly string[]) => {
  const config = walkConfig("/nowhere", cameraIds);
  return birthOf(
    { config, model: MODEL, version: "1.2.3", clock: new FakeClock() },
    { bootId: "boot-0001", bootNumber: 7 },
  );
};

test("a birth names what is counted where, and fits the contract", () => {
  const birth = born(["street", "yard"]);
  expect(faultOf("birth", birth)).toBeUndefined();
  expect(birth).toMatchObject({ agentVersion: "1.2.3", ts: "2026-01-01T00:00:00.000Z" });
  expect(birth.cameras).toEqual(
    ["street", "yard"].map((id) => ({ id, lines: [{ id: "door" }], zones: [{ id: "shelf" }] })),
  );
});

test("another configuration has another version, the same one the same", () => {
  expect(born(["street"]).configVersion).toBe(born(["street"]).configVersion);
  expect(born(["street"]).configVersion).not.toBe(born(["yard"]).configVersion);
});
