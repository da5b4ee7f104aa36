import { AsyncLocalStorage } from "node:async_hooks";
import type { Cost } from "../port.ts";

const meters = new AsyncLocalStorage<{ statements: number; bytesEstimated: number; bytesBilled: number }>();

/** Adds up what the statements of a piece of work cost, and those of no other. */
export async function measureCost<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly cost: Cost }> {
  const meter = { statements: 0, bytesEstimated: 0, bytesBilled: 0 };
  const result = await meters.run(meter, work);
  return { result, cost: meter };
}

/** True where somebody wants to know: asking what a statement cost takes a request of its own. */
export const isMeasured = () => meters.getStore() !== undefined;

/** A statement was to read so many bytes, and was billed for so many. */
export function noteCost(bytesEstimated: number, bytesBilled: number): void {
  const meter = meters.getStore();
  if (!meter) return;
  meter.statements += 1;
  meter.bytesEstimated += bytesEstimated;
  meter.bytesBilled += bytesBilled;
}
