import { workerData } from "node:worker_threads";

/** An orphan lives on for as long at most. */
const LOOK_EVERY_MS = 500;

/** Ends the process when its parent, whose id this thread was given, is another one: the former has died. */
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, "SIGKILL");
}, LOOK_EVERY_MS);
