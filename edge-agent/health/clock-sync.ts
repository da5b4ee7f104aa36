import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT_MS = 2_000;

/** Whether the kernel's clock is disciplined by NTP; false where the machine cannot say. */
export class ClockSync {
  #synced = false;

  get synced(): boolean {
    return this.#synced;
  }

  /** Asks systemd, which knows of timesyncd, chrony and ntpd alike. */
  async refresh(): Promise<void> {
    try {
      const { stdout } = await run("timedatectl", ["show", "--property=NTPSynchronized", "--value"], {
        timeout: TIMEOUT_MS,
      });
      this.#synced = stdout.trim() === "yes";
    } catch {
      this.#synced = false;
    }
  }
}
