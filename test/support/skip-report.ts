import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";

interface SkipReportOptions {
  /** True where everything must run: then a skipped test fails the run. */
  readonly isStrict: boolean;
  /** Files of suites that this run was not asked for. */
  readonly leftOut?: readonly string[];
  readonly write: (text: string) => void;
}

/** Says in the last lines of a run what was skipped, so that a green run never hides what it did not look at. */
export class SkipReport implements Reporter {
  readonly #options: SkipReportOptions;

  constructor(options: SkipReportOptions) {
    this.#options = options;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const { isStrict, leftOut = [], write } = this.#options;
    if (leftOut.length > 0)
      write(`\nNot run, ${leftOut.length} in all; test/support/long-suites.ts says why, and how to run them:\n`);
    for (const file of leftOut) write(`  ${file}\n`);
    const skipped = modules.flatMap((module) => skippedOf(module));
    if (skipped.length === 0) return;
    write(`\nSkipped, ${skipped.length} in all; why stands above, after "skipped:":\n`);
    for (const line of skipped) write(`  ${line}\n`);
    if (!isStrict) return;
    write("Nothing may be skipped here (KAZOE_TEST_ALL=1), so the run has failed.\n");
    process.exitCode = 1;
  }
}

function skippedOf(module: TestModule): readonly string[] {
  const file = relative(PACKAGE_ROOT, module.moduleId);
  return [...module.children.allTests("skipped")].map((test) => `${file}: ${test.fullName}`);
}
