import { chmod } from "node:fs/promises";
import { onTestFinished } from "vitest";

const NOBODY = 65_534;

/**
 * Makes this process one that permissions hold for, until the test ends: as root it becomes "nobody", anybody else stays. The
 * folder is let through to, because `mkdtemp` closes it to all others. For test files that run one test at a time.
 */
export async function becomeUnprivileged(dir: string): Promise<void> {
  const { getuid, seteuid } = process;
  if (getuid?.() !== 0 || !seteuid) return;
  await chmod(dir, 0o711);
  seteuid(NOBODY);
  onTestFinished(() => seteuid(0));
}
