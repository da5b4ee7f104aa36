import type { Flag } from "./flag.ts";
import { imputePanel } from "./impute/impute-panel.ts";
import type { ImputedSeries } from "./impute/imputed-panel.ts";
import { judgePanel } from "./judge-panel.ts";
import type { Panel } from "./panel.ts";
import { type Verdicts, withVerdicts } from "./verdicts.ts";

/** What is asked about a panel; goes to another thread as it is. */
export interface JudgeWish {
  readonly panel: Panel;
  /** By series, what people said of each slot. */
  readonly verdicts: Verdicts;
}

/** What came out; comes back from another thread as it is. */
export interface JudgedPanel {
  readonly flags: readonly Flag[];
  /** By series, 1 where a value is missing or not believed. */
  readonly isMissing: readonly Uint8Array[];
  /** By series, what stands in those slots. */
  readonly imputed: readonly ImputedSeries[];
}

/** Rules, then the word of people, then imputation. Pure: the same panel gives the same numbers. */
export function judgeAndClean({ panel, verdicts }: JudgeWish): JudgedPanel {
  const { flags, isMissing } = withVerdicts(panel, judgePanel(panel), verdicts);
  return { flags, isMissing, imputed: imputePanel(panel, isMissing).series };
}
