import type { BenchResult } from "../result.ts";
import { datasetOf } from "./dataset.ts";
import { withGoogle } from "./google.ts";
import { rateOf, Worker } from "./worker.ts";

const FEW = 40_000;
const MANY = 1_000_000;
/** Stored while the memory is looked at, of either. */
const STORED = 30_000;
const FLAT = 1.15;

/** The most memory that a worker takes while many messages wait in Pub/Sub, beside the same with few. */
export async function runWaitingMemoryBench(): Promise<BenchResult> {
  const few = await mostMb(FEW);
  const many = await mostMb(MANY);
  const text = (messages: number, mb: number) =>
    `${messages.toLocaleString("en").padStart(9)} waiting: ${mb.toFixed(0)} MB at the most, while it stores ${STORED.toLocaleString("en")}`;
  return {
    name: "memory of a worker (resident, all of Node.js)",
    lines: [
      text(FEW, few),
      `${text(MANY, many)}  (${(many / few).toFixed(2)}: ${many / few <= FLAT ? "flat" : "NOT FLAT"})`,
    ],
    figures: { fewMb: few, manyMb: many },
  };
}

function mostMb(messages: number): Promise<number> {
  return withGoogle(async (google) => {
    await google.publish(messages);
    const worker = await Worker.start({ pubsub: google.pubsub, config: await datasetOf(google) });
    await rateOf([worker], STORED);
    const { mostMb } = worker;
    await worker.stop();
    return mostMb;
  });
}
