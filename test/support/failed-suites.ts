import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";

/**
 * Leaves the files of failed suites behind, one a line, for `.ci/run` to play once more alone: many play against real time, and a
 * machine that stands still for seconds is no fault of theirs. An error outside a test leaves none, so it is final.
 */
export class FailedSuites implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const failed = errors.length > 0 ? [] : modules.filter((module) => module.state() === "failed");
    writeFileSync(this.#file, failed.map((module) => `${relative(PACKAGE_ROOT, module.moduleId)}\n`).join(""));
  }
}
