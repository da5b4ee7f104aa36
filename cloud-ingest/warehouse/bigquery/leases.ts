import { AppError } from "../../../firmware-config/kit/errors.ts";
import { textOf } from "../row.ts";
import type { BigQueryClient } from "./big-query-client.ts";

/** BigQuery refuses a change of a table when another one came between; whoever lost looks who has it. */
export async function lease(
  client: BigQueryClient,
  { name, holder, ttlS }: { readonly name: string; readonly holder: string; readonly ttlS: number },
): Promise<boolean> {
  const params = { name, holder, ttlS };
  const sql = "SELECT holder FROM lease WHERE name = @name AND until > CURRENT_TIMESTAMP()";
  const rows = await client.rows({ sql, params: { name } });
  if (rows.some((row) => textOf(row, "holder") !== holder)) return false;
  try {
    await client.change({ sql: TAKE, params });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  const holders = await client.rows({ sql, params: { name } });
  return ttlS === 0 || (holders.length > 0 && holders.every((row) => textOf(row, "holder") === holder));
}

const UNTIL = "TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL @ttlS SECOND)";

/** Two who insert at the same time both see two rows, and neither has it until they are out of date. */
const TAKE = `MERGE lease AS l USING (SELECT @name AS name, @holder AS holder) AS w ON l.name = w.name
WHEN MATCHED AND (l.holder = w.holder OR l.until <= CURRENT_TIMESTAMP()) THEN UPDATE SET holder = w.holder, until = ${UNTIL}
WHEN NOT MATCHED THEN INSERT (name, holder, until) VALUES (w.name, w.holder, ${UNTIL})`;
