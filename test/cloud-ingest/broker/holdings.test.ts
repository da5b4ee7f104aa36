import { describe, expect, it, vi } from "vitest";
import { Holdings } from "../../../cloud-ingest/broker/holdings.ts";

const LIMITS = { deviceBytes: 10_000, waitingBytes: 30_000, unfinishedBytes: 5_000 };

describe("what waits for the bus", () => {
  it("keeps a device that has its share waiting from being read, and no other", () => {
    const holdings = new Holdings(LIMITS);
    holdings.wait("a", 9_000);
    const [a, b] = [vi.fn(), vi.fn()];
    expect([holdings.admits("a", a), holdings.admits("b", b)]).toEqual([false, true]);
  });

  it("counts by device, so that a new connection of it waits too, and lets it go on when there is room", () => {
    const holdings = new Holdings(LIMITS);
    const over = holdings.wait("a", 9_500);
    const resume = vi.fn();
    expect(holdings.admits("a", resume)).toBe(false);
    over();
    expect(resume).toHaveBeenCalledOnce();
    expect([holdings.admits("a", resume), holdings.bytes]).toEqual([true, 0]);
  });

  it("keeps everybody from being read when all together have enough", () => {
    const holdings = new Holdings(LIMITS);
    const over = ["a", "b", "c", "d"].map((device) => holdings.wait(device, 8_000));
    const resume = vi.fn();
    expect(holdings.admits("e", resume)).toBe(false);
    over[0]?.();
    expect(resume).toHaveBeenCalledOnce();
  });

  it("counts what a message costs beside its bytes, so that tiny ones are bounded too", () => {
    const holdings = new Holdings(LIMITS);
    for (let index = 0; index < 10; index++) holdings.wait("a", 0);
    expect(holdings.admits("a", vi.fn())).toBe(false);
  });

  it("forgets a connection that is gone", () => {
    const holdings = new Holdings(LIMITS);
    const over = holdings.wait("a", 9_500);
    const resume = vi.fn();
    holdings.admits("a", resume);
    holdings.forget(resume);
    over();
    expect(resume).not.toHaveBeenCalled();
  });
});

it("takes no more of unfinished packets than its limit, and all that makes them less", () => {
  const holdings = new Holdings(LIMITS);
  expect([4_000, 2_000, -3_000, 1_000].map((bytes) => holdings.growUnfinished(bytes))).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(holdings.bytes).toBe(4_000);
});
