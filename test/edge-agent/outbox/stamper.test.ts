import { expect, test } from "vitest";
import { Stamper } from "../../../edge-agent/outbox/stamper.ts";
import { eventDraft, FakeClock } from "../../support/drafts.ts";

function stamper(synced = true) {
  const clock = new FakeClock();
  clock.advance(5_000);
  const identity = { deviceId: "cam-1", bootId: "boot-0001" };
  return { clock, stamper: new Stamper({ ...identity, clock, isClockSynced: () => synced }) };
}

test("a draft keeps what it says and gets who, when since the start, and in which place", () => {
  const { clock, stamper: of } = stamper();
  clock.advance(12.5);
  const identity = { v: 1, deviceId: "cam-1", bootId: "boot-0001", historical: false };
  expect(of.stamp(eventDraft())).toEqual({ ...eventDraft(), ...identity, seq: 0, monotonicMs: 13, clockSynced: true });
  expect(of.stamp(eventDraft()).seq).toBe(1);
  clock.advance(-100);
  expect(of.stamp(eventDraft()).monotonicMs).toBe(0);
  expect(stamper(false).stamper.stamp(eventDraft()).clockSynced).toBe(false);
});

test("a draft that breaks the contract is said to, with what is wrong and what to do", () => {
  const { stamper: of } = stamper();
  const draft = { ...eventDraft(), cameraId: "Not An Id" };
  expect(() => of.stamp(draft)).toThrow(/^A events message breaks the contract: .*cameraId/);
  expect(() => of.stamp(draft)).toThrow(
    expect.objectContaining({ code: "INTERNAL", hint: expect.stringMatching(/^Report this with the configuration/) }),
  );
});
