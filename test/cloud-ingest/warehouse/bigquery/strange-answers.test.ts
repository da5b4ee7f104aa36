import { describe, expect, it } from "vitest";
import { openBigQueryWarehouse } from "../../../../cloud-ingest/warehouse/bigquery/open.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";
import { batch, birthMessage, presenceRow, SHIBUYA } from "../rows.ts";
import { counted, expectOnce, faultRig, storedAtLast } from "./fault-rig.ts";
import { type Strange, StrangeProxy } from "./strange-proxy.ts";

const AT = "2026-03-02T03:00:00.000Z";
const HTML = "<!doctype html><title>Sign in to the guest network</title>";

/** A warehouse, and a strange proxy for those that are opened after it. */
async function behindProxy() {
  const rig = await faultRig();
  const proxy = new StrangeProxy();
  const { emulator } = rig.config;
  if (!emulator) throw new Error("the rig has an emulator");
  const rest = await proxy.start(emulator.rest);
  Object.assign(rig.config, { emulator: { ...emulator, rest } });
  return { ...rig, proxy };
}

const STRANGE: readonly (Strange & { readonly name: string })[] = [
  { name: "a page in HTML", body: HTML },
  { name: "nothing", body: "" },
  { name: "an empty object", headers: { "content-type": "application/json" }, body: "{}" },
  {
    name: "a body that is cut off",
    headers: { "content-type": "application/json" },
    body: '{"kind": "x", "rows": [',
    isCut: true,
  },
  {
    name: "a quota that is used up, with a day to wait,",
    status: 429,
    headers: { "content-type": "application/json", "retry-after": "86400" },
    body: JSON.stringify({
      error: { code: 429, message: "Quota exceeded", errors: [{ reason: "rateLimitExceeded" }] },
    }),
  },
];

/** Google's client waits for ever for what is cut off, and tries again by itself: each of these takes as long as a request may. */
const isSlow = ({ isCut = false, status = 200 }: Strange) => isCut || status === 429;

describe.each(STRANGE)("$name in place of an answer", ({ name: _, ...answer }) => {
  it("is an error that says what to do, and nothing that BigQuery said", async () => {
    const { proxy, warehouse, open } = await behindProxy();
    await warehouse.store(batch(5, { data: [counted(1)], presence: [presenceRow(birthMessage(AT))] }));
    const before = await warehouse.devices(SHIBUYA);
    const strange = await open({ answerMs: isSlow(answer) ? 500 : 5_000 });
    const all = [() => strange.ledger(), () => strange.settle()];
    for (const part of isSlow(answer) ? ["/queries/"] : ["/queries/", "/jobs"]) {
      proxy.choose = (_method, path) => (path.includes(part) ? answer : undefined);
      for (const work of isSlow(answer) ? all.slice(0, 1) : all) {
        const thrown = await work().catch((error: unknown) => error);
        expect(thrown).toBeInstanceOf(AppError);
        expect(thrown).toMatchObject({ code: "WAREHOUSE_UNREACHABLE", retryable: true });
      }
    }
    proxy.choose = () => undefined;
    expect(await warehouse.devices(SHIBUYA)).toEqual(before);
    await expectOnce(warehouse, [1]);
  });
});

it.each([{ body: HTML }, "hang"] as const)(
  "%j in place of the answer to a load job is an error, and the rows come once",
  async (answer) => {
    const { proxy, warehouse, open } = await behindProxy();
    const strange = await open({ answerMs: 500, jobMs: 1_000 });
    const old = batch(1, { data: [counted(1, "2005-07-01")] });
    await strange.lastStored("inbox");
    proxy.choose = (_method, path) => (path.includes("/upload") || path.includes("uploadType") ? answer : undefined);
    const thrown = await strange.store(old).catch((error: unknown) => error);
    expect(proxy.met).toBeGreaterThan(0);
    expect(thrown).toMatchObject({ code: "WAREHOUSE_UNREACHABLE", retryable: true });
    proxy.choose = () => undefined;
    await storedAtLast(strange, old);
    await expectOnce(warehouse, [1]);
  },
);

it("a token or an answer that never comes is an error in time, for a query, a start and a load alike", async () => {
  const { proxy, config } = await behindProxy();
  proxy.choose = () => "hang";
  await expect(openBigQueryWarehouse(config, { answerMs: 100 })).rejects.toMatchObject({ retryable: true });
});
