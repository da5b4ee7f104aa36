import type { Plan } from "../sql/run/plan.ts";
import type { Outcome } from "../sql/run/script.ts";
import { billedBytes, processedBytes, type QueryPlan, referenceList } from "./query-plan.ts";

/** The job's `statistics` without having run, as of a dry run; a script is not looked into. */
export function planStatistics({ only }: QueryPlan): object {
  if (!only) return { totalBytesProcessed: "0", query: { statementType: "SCRIPT", totalBytesProcessed: "0" } };
  return statistics(only.statementType, [only], { schema: { fields: only.fields } });
}

/** The job's `statistics` after it ran; those of a script are the sums of its statements'. */
export function outcomeStatistics(outcomes: readonly Outcome[]): object {
  const plans = outcomes.map(({ plan }) => plan);
  const [only, ...more] = outcomes;
  if (!only || more.length > 0) {
    return { ...statistics("SCRIPT", plans, {}), numChildJobs: String(outcomes.length) };
  }
  return statistics(only.plan.statementType, plans, { ...dmlStatistics(only), ...ddlStatistics(only) });
}

/** Rows that the job's only statement changed, if it is one of DML. */
export function affectedRows([only, ...more]: readonly Outcome[]): number | undefined {
  if (!only?.dml || more.length > 0) return undefined;
  return only.dml.inserted + only.dml.updated + only.dml.deleted;
}

function statistics(statementType: string, plans: readonly Plan[], more: object): object {
  const usage = plans.flatMap((plan) => plan.usage);
  const totalBytesProcessed = String(processedBytes(usage));
  const totalBytesBilled = String(billedBytes(usage));
  const referencedTables = referenceList(usage);
  const query = { statementType, totalBytesProcessed, totalBytesBilled, referencedTables, cacheHit: false, ...more };
  return { totalBytesProcessed, query };
}

function dmlStatistics(outcome: Outcome): object {
  if (!outcome.dml) return {};
  const { inserted, updated, deleted } = outcome.dml;
  const dmlStats = {
    insertedRowCount: String(inserted),
    updatedRowCount: String(updated),
    deletedRowCount: String(deleted),
  };
  return { dmlStats, numDmlAffectedRows: String(affectedRows([outcome])) };
}

function ddlStatistics({ ddl, plan }: Outcome): object {
  if (ddl === undefined || plan.work.kind !== "ddl") return {};
  return { ddlOperationPerformed: ddl, ddlTargetTable: plan.work.change.target };
}
