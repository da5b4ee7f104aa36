import { expect, it } from "vitest";
import { ClockWitnesses } from "../../../cloud-ingest/ingest/clock-witnesses.ts";
import { ManualClock } from "../../support/manual-clock.ts";

function witnesses() {
  const clock = new ManualClock("2026-11-26T12:00:00Z");
  return { clock, of: new ClockWitnesses(clock) };
}

it("nobody has decided anything before somebody spoke", () => {
  const { clock, of } = witnesses();
  clock.advance(1_000);
  expect([of.areForNow, of.haveDecidedForNow]).toEqual([false, false]);
});

it("more devices decide, each with what it said last; a tie does not", () => {
  const { of } = witnesses();
  of.hear("a", "now");
  expect(of.areForNow).toBe(true);
  of.hear("b", "mark");
  expect(of.areForNow).toBe(false);
  of.hear("c", "now");
  expect(of.areForNow).toBe(true);
  of.hear("a", "mark");
  expect(of.areForNow).toBe(false);
});

it("they have decided five minutes after the first spoke", () => {
  const { clock, of } = witnesses();
  of.hear("a", "now");
  clock.advance(299);
  of.hear("a", "now");
  expect(of.haveDecidedForNow).toBe(false);
  clock.advance(1);
  expect(of.haveDecidedForNow).toBe(true);
  of.hear("b", "mark");
  expect(of.haveDecidedForNow).toBe(false);
});

it("a voice older than five minutes is none", () => {
  const { clock, of } = witnesses();
  of.hear("a", "mark");
  clock.advance(1);
  of.hear("b", "now");
  clock.advance(299);
  expect(of.areForNow).toBe(false);
  clock.advance(0.001);
  expect(of.areForNow).toBe(true);
  clock.advance(1);
  expect(of.areForNow).toBe(false);
});

it("what is forgotten begins anew", () => {
  const { clock, of } = witnesses();
  of.hear("a", "now");
  clock.advance(300);
  of.forget();
  expect(of.areForNow).toBe(false);
  of.hear("a", "now");
  expect([of.areForNow, of.haveDecidedForNow]).toEqual([true, false]);
});
