import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { registerLedgerCommand } from "../../../deploy/cli/commands/ledger.ts";
import { registerQuarantineCommand } from "../../../deploy/cli/commands/quarantine.ts";
import { createContext } from "../../../deploy/cli/context.ts";
import { batch, countsMessage, countsRow } from "../../cloud-ingest/warehouse/rows.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { beside, PLACES, runCommand } from "./beside.ts";

const NOW = new Date().toISOString();
const TOPIC = "kazoe/v1/acme/shibuya/cam-1/counts";
const FUTURE = "ts is more than a day in the future";
const row = (number: number, payload: string, reason = FUTURE) => ({
  ...{ messageId: `old:${number}`, receivedAt: NOW, topic: TOPIC, reason, payload },
});

afterEach(() => {
  process.exitCode = undefined;
});

const run = (...args: string[]) => runCommand([registerQuarantineCommand, registerLedgerCommand], args);

/** A data folder with two messages that were refused wrongly, one rightly, and one row. */
async function folder() {
  const dir = await tempDir();
  const config = join(dir, "cloud.yaml");
  await writeFile(
    config,
    "stores:\n  - { tenant: acme, store: shibuya, name: Shibuya, timeZone: Asia/Tokyo }\nbroker: { port: 0 }\nhttp: { port: 0 }\nlogLevel: error\n",
  );
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  const [one, two] = [1, 2].map((seq) => JSON.stringify(countsMessage(seq, NOW)));
  const quarantine = [row(2, one ?? ""), row(3, two ?? ""), row(4, "\u001b[2Jhello", "not JSON")];
  await warehouse.store(batch(4, { data: [countsRow(9, NOW)], quarantine }, "old"));
  await warehouse.close();
  return config;
}

/** A data folder of whose five acknowledged messages three left no trace. */
async function lossyFolder() {
  const config = await folder();
  const data = join(config, "..", "data");
  const inbox = await Inbox.open(join(data, "inbox"), { maxBytes: 1e9, troubles: silentTroubles });
  for (let seq = 1; seq <= 5; seq++)
    await inbox.publish({ receivedAtMs: Date.parse(NOW), topic: TOPIC, payload: Buffer.from(`${seq}`) });
  const limit = { maxMessages: 10, maxBytes: 1e9 };
  for await (const taken of inbox.batches(async () => 0, limit, new AbortController().signal)) {
    await inbox.ack(taken);
    break;
  }
  const [stream = ""] = inbox.stats().streams ?? [];
  await inbox.close();
  const warehouse = await openDuckDbWarehouse(join(data, "warehouse"));
  await warehouse.store(batch(5, { data: [countsRow(11, NOW), countsRow(12, NOW)] }, stream));
  await warehouse.close();
  return config;
}

describe.each(PLACES)("the commands of an operator $name", ({ place }) => {
  it("list, show and bring back what was refused wrongly, once", async () => {
    const config = await folder();
    await place(config, async () => {
      const groups = () => run("quarantine", "list", "--config", config, "--json");
      expect(JSON.parse(await groups())).toMatchObject([{ reason: FUTURE, messages: 2, pending: 2 }, { messages: 1 }]);
      expect(await run("quarantine", "list", "--config", config)).toMatch(/future.* 2 .* 2 .*\n.*not JSON/);
      expect(await run("quarantine", "show", "old:4", "--config", config)).toMatch(/\n\n\\u001b\[2Jhello\n$/);
      expect(await run("quarantine", "show", "old:2", "--config", config)).toContain('\n  "seq": 1,\n');
      const replay = () =>
        run("quarantine", "replay", "--config", config, "--reason", "in the future", "--tenant", "acme");
      expect(await replay()).toBe("2 stored, 0 known already, 0 refused again.\n");
      expect(await replay()).toBe("0 stored, 0 known already, 0 refused again.\n");
      expect(await run("quarantine", "replay", "old:4", "--config", config, "--json")).toContain('"quarantined": 1');
      expect(JSON.parse(await groups())).toMatchObject([{ reason: FUTURE, pending: 0 }, { pending: 1 }]);
      expect(await run("quarantine", "show", "old:3", "--config", config)).toContain("stored at ");
    });
    const warehouse = await openDuckDbWarehouse(join(config, "..", "data", "warehouse"));
    expect(await warehouse.streamLedger(["old"])).toEqual({ stored: 3, duplicate: 0, quarantined: 1 });
    await warehouse.close();
  });

  it("show what the ledger misses, and accept it so that the next loss is seen", async () => {
    const config = await lossyFolder();
    await place(config, async (ready) => {
      const { port } = ready?.http ?? {};
      const health = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).json();
      const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      if (ready) {
        await vi.waitFor(
          async () => expect(await health()).toMatchObject({ status: "fault", faults: ["ledger-difference"] }),
          10_000,
        );
        expect(await metrics()).toMatch(/^kazoe_ledger_difference 3$/m);
        expect(await metrics()).toMatch(/^kazoe_refused_total\{reason="clock"\} 0$/m);
      }
      const show = async () => JSON.parse(await run("ledger", "show", "--config", config, "--json"));
      expect(await show()).toMatchObject({ acked: 5, stored: 2, waiting: 0, difference: 3, accepted: [] });
      expect(process.exitCode).toBe(1);
      process.exitCode = undefined;
      const accepted = await run("ledger", "accept", "--config", config, "--note", "disk lost");
      expect(accepted).toMatch(/difference.* 0 .*\n(.*\n)*.* 3 .*disk lost/);
      expect(await show()).toMatchObject({ difference: 0, accepted: [{ difference: 3, note: "disk lost" }] });
      expect(process.exitCode).toBeUndefined();
      if (ready) expect(await health()).toMatchObject({ status: "ok" });
    });
  });

  it("say what is wrong with the command line", async () => {
    const config = await folder();
    await place(config, async () => {
      await expect(run("quarantine", "replay", "--config", config)).rejects.toMatchObject({ code: "USAGE" });
      await expect(run("quarantine", "show", "old:\u001b9", "--config", config)).rejects.toMatchObject({
        ...{ code: "USAGE", message: expect.stringContaining("old:\\u001b9") },
      });
      await expect(run("quarantine", "replay", "old:2", "nope:1", "--config", config)).rejects.toMatchObject({
        ...{ code: "USAGE", message: "No message nope:1 is in quarantine" },
      });
      await expect(run("quarantine", "list", "--config", config, "--from", "2026-02-30")).rejects.toThrow(/YYYY-MM-DD/);
      await expect(run("quarantine", "list", "--config", config, "--limit", "0")).rejects.toThrow(/1 to 1000/);
      expect(await run("ledger", "show", "--config", config)).toMatch(/difference.* 0 /);
      expect(process.exitCode).toBeUndefined();
      await expect(run("ledger", "accept", "--config", config, "--note", "x")).rejects.toMatchObject({ code: "USAGE" });
    });
  });
});

/** A data folder whose warehouse is from before the last three of five messages, which the inbox keeps. */
async function restoredFolder() {
  const config = await folder();
  const data = join(config, "..", "data");
  const inbox = await openInbox(data);
  for (let seq = 1; seq <= 5; seq++)
    await inbox.publish({ receivedAtMs: Date.parse(NOW), topic: TOPIC, payload: payloadOf(seq) });
  const [stream = ""] = inbox.stats().streams ?? [];
  const warehouse = await openDuckDbWarehouse(join(data, "warehouse"));
  await warehouse.store(batch(2, { data: [countsRow(1, NOW), countsRow(2, NOW)] }, stream));
  await warehouse.close();
  const stop = new AbortController();
  for await (const taken of inbox.batches(async () => 0, { maxMessages: 10, maxBytes: 1e9 }, stop.signal)) {
    await inbox.ack(taken);
    stop.abort();
  }
  expect(inbox.stats()).toMatchObject({ acked: 5, depth: 0 });
  await inbox.close();
  return { config, stream };
}

const payloadOf = (seq: number) => Buffer.from(JSON.stringify(countsMessage(seq, NOW)));
const openInbox = (data: string) =>
  Inbox.open(join(data, "inbox"), { maxBytes: 1e9, keepBytes: 1e9, troubles: silentTroubles });

describe("the ledger after a restore, without a running cloud half", () => {
  it("has what will be served again for waiting, not for lost, and accepts nothing meanwhile", async () => {
    const { config } = await restoredFolder();
    const show = async () => JSON.parse(await run("ledger", "show", "--config", config, "--json"));
    expect(await show()).toMatchObject({ acked: 5, stored: 2, waiting: 3, difference: 0 });
    expect(process.exitCode).toBeUndefined();
    const accepting = run("ledger", "accept", "--config", config, "--note", "wrong");
    await expect(accepting).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("3 messages wait"),
    });
    await beside(config, async () => {
      await vi.waitFor(async () => expect(await show()).toMatchObject({ waiting: 0, stored: 5 }), 10_000);
      expect(await show()).toMatchObject({ difference: 0, accepted: [] });
    });
  });

  it("takes back what was accepted wrongly by accepting the opposite", async () => {
    const { config, stream } = await restoredFolder();
    const warehouse = await openDuckDbWarehouse(join(config, "..", "data", "warehouse"));
    await warehouse.acceptDifference({ stream, difference: 3, acceptedAt: NOW, note: "wrong" });
    await warehouse.close();
    const show = async () => JSON.parse(await run("ledger", "show", "--config", config, "--json"));
    await beside(config, async () => {
      await vi.waitFor(async () => expect(await show()).toMatchObject({ waiting: 0, difference: -3 }), 10_000);
      await run("ledger", "accept", "--config", config, "--note", "taken back");
      expect(await show()).toMatchObject({ difference: 0, accepted: [{ difference: 3 }, { difference: -3 }] });
    });
    process.exitCode = undefined;
    expect(await show()).toMatchObject({ difference: 0 });
  });
});

it("gives an example in the help of every command", () => {
  const program = new Command("kazoe");
  registerQuarantineCommand(program, createContext({}));
  registerLedgerCommand(program, createContext({}));
  const commands = program.commands.flatMap((one) => one.commands.map((command) => ({ one, command })));
  expect(commands.map(({ one, command }) => `${one.name()} ${command.name()}`)).toEqual([
    ...["quarantine list", "quarantine show", "quarantine replay", "ledger show", "ledger accept"],
  ]);
  for (const { one, command } of commands) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toContain(`$ kazoe ${one.name()} ${command.name()}`);
  }
});
