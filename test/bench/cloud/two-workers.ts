import { cpus } from "node:os";
import { type BenchResult, median } from "../result.ts";
import { datasetOf } from "./dataset.ts";
import { withGoogle } from "./google.ts";
import { rateOf, Worker } from "./worker.ts";

const ROUNDS = 2;
const MESSAGES = 40_000;
/** A service some way off: then a worker waits more than it computes, and two cores can show what two workers bring. */
const FAR_MS = 1_000;

/** Rows a second of one and of two workers on one subscription, each in a process of its own, the doubles in another. */
export async function runTwoWorkersBench(): Promise<BenchResult> {
  const near = await ratesOf(0);
  const far = await ratesOf(FAR_MS);
  const line = (name: string, [one, two]: readonly [number, number]) =>
    `${name.padEnd(36)} one ${one.toLocaleString("en")}/s, two ${two.toLocaleString("en")}/s  (${(two / one).toFixed(2)})`;
  const [cpu] = cpus();
  return {
    name: `two workers on one subscription, ${cpus().length} cores (${cpu?.model ?? "unknown"}), median of ${ROUNDS}`,
    lines: [
      line("answers at once:", near),
      line(`each append is answered after ${FAR_MS} ms:`, far),
      "The doubles take a core of their own: where there are two, answers at once measure the cores.",
    ],
    figures: { ratioNear: near[1] / near[0], ratioFar: far[1] / far[0], oneRowsPerS: near[0], twoRowsPerS: near[1] },
  };
}

async function ratesOf(answerMs: number): Promise<readonly [number, number]> {
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    rates[0].push(await measured(1, answerMs));
    rates[1].push(await measured(2, answerMs));
  }
  return [Math.round(median(rates[0])), Math.round(median(rates[1]))];
}

function measured(count: number, answerMs: number): Promise<number> {
  return withGoogle(
    async (google) => {
      await google.publish(MESSAGES);
      const config = await datasetOf(google);
      const workers: Worker[] = [];
      // One after the other: the first makes the tables.
      for (let number = 0; number < count; number += 1)
        workers.push(await Worker.start({ pubsub: google.pubsub, config }));
      const rate = await rateOf(workers, MESSAGES);
      await Promise.all(workers.map((worker) => worker.stop()));
      return rate;
    },
    { answerMs },
  );
}
