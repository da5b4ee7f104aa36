import { chmod } from "node:fs/promises";
import { isMainThread } from "node:worker_threads";
import { onTestFinished, TestRunner } from "vitest";

const NOBODY = 65_534;

/**
 * Makes this process one that permissions hold for, until the test ends: as root it becomes "nobody", anybody else stays. The
 * folder is let through to, because `mkdtemp` closes it to all others. For test files that run one test at a time. In a
 * mutation run tests are threads of one process, which cannot be two users: there the test is skipped.
 */
export async function becomeUnprivileged(dir: string): Promise<void> {
  if (!isMainThread) TestRunner.getCurrentTest()?.context.skip();
  const { getuid, seteuid } = process;
  if (getuid?.() !== 0 || !seteuid) return;
  await chmod(dir, 0o711);
  seteuid(NOBODY);
  onTestFinished(() => seteuid(0));
}
