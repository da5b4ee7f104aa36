import { createHash } from "node:crypto";

const { KAZOE_MUTATE_SHARE: share = "1", KAZOE_SEED: seed = "1" } = process.env;

/** What part of the mutants is tried, 0..1: all of them take a night. */
export const SHARE = Number(share);

/** Drawn by the mutant's number, so that the same code, share and seed give the same draw. */
export function isDrawn(mutantId: string): boolean {
  return createHash("sha256").update(`${seed}:${mutantId}`).digest().readUInt32BE() / 2 ** 32 < SHARE;
}

interface Mutant {
  readonly id: string;
}

const PASSED = { status: "passed" } as const;
const NOT_DRAWN = { status: "compileError", reason: "not drawn" } as const;

/** The only stage at which StrykerJS lets a plugin leave out single mutants: the one that type checkers use. */
class SampleChecker {
  async init(): Promise<void> {}

  async check(mutants: readonly Mutant[]) {
    return Object.fromEntries(mutants.map(({ id }) => [id, isDrawn(id) ? PASSED : NOT_DRAWN]));
  }

  async group(mutants: readonly Mutant[]) {
    return [mutants.map(({ id }) => id)];
  }
}

export const strykerPlugins = [{ kind: "Checker", name: "sample", injectableClass: SampleChecker }];
