import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Sequence, TOOLS } from "./sequences.ts";

const run = promisify(execFile);

/** Figures of another tracker on the same detections. */
export interface Peer {
  readonly name: string;
  readonly hota: number;
  readonly idf1: number;
  readonly mota: number;
}

/** What is needed to run them; a sentence when it is not there. */
export async function missingForPeers(): Promise<string | undefined> {
  try {
    await run(pythonOf(), ["-c", "import numpy, scipy, trackers, supervision"]);
    return undefined;
  } catch {
    return `${pythonOf()} has not all of numpy, scipy, trackers and supervision: without peers (PYTHON names another python3)`;
  }
}

export const pythonOf = () => process.env.PYTHON ?? "python3";

/** The open trackers at their defaults, by `peer_trackers.py`. */
export async function peersOn({ folder, fps }: Sequence): Promise<Peer[]> {
  const script = join(TOOLS, "peer_trackers.py");
  const { stdout } = await run(pythonOf(), [
    script,
    join(folder, "det.txt"),
    join(folder, "gt.txt"),
    "--fps",
    String(fps),
  ]);
  return [...stdout.matchAll(/^(\w+)\s+MOTA (\S+) IDF1 (\S+) HOTA (\S+)/gm)].map(([, name = "", ...figures]) => {
    const [mota = 0, idf1 = 0, hota = 0] = figures.map(Number);
    return { name: name.replace("Tracker", ""), hota, idf1, mota };
  });
}
