import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import type { CloudConfig } from "../../config.ts";
import { exists } from "../duckdb/cold-files.ts";
import type { TransferEnd } from "./port.ts";

/** Opens the warehouse that a configuration names as an end of a copy; files are worked on in `dir`. Throws `AppError`. */
export async function openTransfer(
  { warehouse, dataDir, jobs }: CloudConfig,
  { dir }: { readonly dir: string },
): Promise<TransferEnd> {
  switch (warehouse.type) {
    case "duckdb": {
      const { openDuckDbTransfer } = await import("../duckdb/open-transfer.ts");
      return openDuckDbTransfer(join(dataDir, "warehouse"), {
        ...{ memoryLimitMb: warehouse.memoryMb, hotDays: jobs.hotDays },
      });
    }
    case "bigquery": {
      const { openBigQueryTransfer } = await import("../bigquery/open-transfer.ts");
      return openBigQueryTransfer(warehouse, { dir });
    }
  }
}

/** What two configurations have in common when they name one warehouse. */
export async function placeOf({ warehouse, dataDir }: Pick<CloudConfig, "warehouse" | "dataDir">): Promise<string> {
  if (warehouse.type === "bigquery")
    return `${warehouse.emulator?.rest ?? ""} ${warehouse.project}.${warehouse.dataset}`;
  const dir = join(dataDir, "warehouse");
  return realpath(dir).catch(() => dir);
}

/** Throws `USAGE` for ends between which nothing can be moved; DuckDB would make an empty warehouse where none is. */
export async function checkEnds(from: CloudConfig, to: CloudConfig): Promise<void> {
  if (from.warehouse.type === "duckdb" && !(await exists(join(from.dataDir, "warehouse")))) {
    throw new AppError(`There is no warehouse in ${from.dataDir}`, {
      code: "USAGE",
      hint: "Give with --from the configuration whose dataDir holds the folder warehouse.",
    });
  }
  if ((await placeOf(from)) !== (await placeOf(to))) return;
  throw new AppError("Both configurations name the same warehouse", {
    code: "USAGE",
    hint: "Give with --to the configuration of another dataset or dataDir.",
  });
}
