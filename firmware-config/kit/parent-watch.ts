import { workerData } from "node:worker_threads";

/** An orphan lives on for as long at most. */
const LOOK_EVERY_MS = 500;

const { parent, timeLimitMs } = workerData;
const startMs = performance.now();

/** Ends the process when its parent is another one, which means that the former has died, or when its time is over: who started it may be a thread that is gone. */
setInterval(() => {
  if (process.ppid !== parent || performance.now() - startMs > timeLimitMs) process.kill(process.pid, "SIGKILL");
}, LOOK_EVERY_MS);
