import { join } from "node:path";
import { messageOf } from "../firmware-config/kit/errors.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import { writeWhole } from "../firmware-config/kit/on-disk.ts";
import { readCheckpoint } from "./window/checkpoint.ts";
import type { Windows } from "./window/windows.ts";

/** Holds the last checkpoint that could not be used. */
const SET_ASIDE = "checkpoint.unusable";

interface Recovery {
  readonly windows: Windows;
  readonly dataDir: string;
  readonly log: Log;
}

/** Publishes the windows that the boot before this one left open. A checkpoint that cannot be used is told and set aside. */
export async function recoverWindows(checkpoint: string, { windows, dataDir, log }: Recovery): Promise<void> {
  const left = readCheckpoint(checkpoint);
  if (!left.ok) {
    const file = join(dataDir, SET_ASIDE);
    const fields = { reason: left.reason, bytes: Buffer.byteLength(checkpoint), file };
    log.error(
      { ...fields, ...(await setAside(file, checkpoint)) },
      "checkpoint unusable; its windows are not published",
    );
  }
  await windows.recover(left.ok ? left.windows : []);
}

/** Gives what went wrong: a full disk must not keep the agent from counting. */
async function setAside(file: string, checkpoint: string): Promise<{ readonly error?: string }> {
  try {
    await writeWhole(file, { parts: [checkpoint], mode: 0o600 });
    return {};
  } catch (error) {
    return { error: messageOf(error) };
  }
}
