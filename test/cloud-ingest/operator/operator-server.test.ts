import { once } from "node:events";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { expect, it, vi } from "vitest";
import type { JobWish } from "../../../cloud-ingest/jobs/job.ts";
import type { Attention, Operator } from "../../../cloud-ingest/operator/operator.ts";
import { OperatorServer } from "../../../cloud-ingest/operator/operator-server.ts";
import { socketPath } from "../../../cloud-ingest/operator/protocol.ts";
import { RemoteOperator } from "../../../cloud-ingest/operator/remote-operator.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { aRun } from "../../support/job-run.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";

const NEVER = new AbortController().signal;
const REPORT = {
  streams: ["a"],
  acked: 3,
  stored: 1,
  duplicate: 1,
  quarantined: 0,
  waiting: 0,
  difference: 1,
  accepted: [],
};

/** An operator that remembers what it was asked; `gate` holds up its replays. */
class FakeOperator implements Operator {
  readonly asked: unknown[] = [];
  readonly jobs = {
    list: async () => [],
    show: async () => undefined,
    run: async (job: string, wish: JobWish, { onProgress }: Attention) => {
      onProgress({ done: 1, total: 2 });
      return aRun({ job, parameters: JSON.stringify(wish) });
    },
  };
  readonly quality = {
    report: async (...asked: unknown[]) => {
      this.asked.push(asked);
      return { flags: [], words: [] };
    },
    say: async (word: unknown) => void this.asked.push(word),
  };
  readonly rows = {
    add: async (ask: unknown) => {
      this.asked.push(ask);
      return [];
    },
    days: async (ask: unknown) => {
      this.asked.push(ask);
      return [];
    },
  };
  readonly forecast = {
    rows: async (...asked: unknown[]) => {
      this.asked.push(asked);
      return [{ place: "", yhat: 7.5 }];
    },
  };
  readonly alerts = {
    list: async (...asked: unknown[]) => {
      this.asked.push(asked);
      return { open: [], ended: [], more: { open: 0, ended: 0 } };
    },
    show: async () => undefined,
    say: async (saying: unknown) => {
      this.asked.push(saying);
      return { wordId: "w", subject: { tenant: "", store: "", device: "" }, from: "", until: null };
    },
    quality: async () => [],
    replay: async (ask: unknown, { onProgress }: Attention) => {
      this.asked.push(ask);
      onProgress({ done: 1, total: 2 });
      return { added: [], removed: [], kept: [], falseBefore: 0, falseAfter: 0 };
    },
  };
  gate: Promise<void> = Promise.resolve();
  signal: AbortSignal | undefined;

  async groups(...asked: unknown[]) {
    this.asked.push(asked);
    return [{ reason: "not JSON", messages: 2, pending: 1, firstAt: "x", lastAt: "y" }];
  }

  async show(messageId: string) {
    if (messageId === "bad") throw new AppError("no", { code: "STORE_CORRUPT", hint: "Look." });
    return undefined;
  }

  async replay(filter: unknown, { signal, onProgress }: Attention) {
    this.asked.push(filter);
    this.signal = signal;
    onProgress({ done: 1, total: 2 });
    await this.gate;
    return { stored: 2, duplicate: 0, quarantined: 0 };
  }

  async ledger() {
    return REPORT;
  }

  async accept(note: string) {
    this.asked.push(note);
    return { ...REPORT, difference: 0 };
  }
}

async function served() {
  const dataDir = await tempDir();
  const operator = new FakeOperator();
  const log = new LogRecorder();
  const stop = new AbortController();
  const path = socketPath(dataDir) ?? "";
  const start = async () => {
    const running = new OperatorServer({ dataDir, operator, log }).run(stop.signal);
    await vi.waitFor(async () => expect(await new RemoteOperator(path).answers()).toBe(true));
    return { running };
  };
  return { dataDir, operator, log, stop, path, start, remote: new RemoteOperator(path) };
}

it("asks the running half everything that an operator can do", async () => {
  const { operator, remote, stop, start } = await served();
  const { running } = await start();
  expect(await remote.groups({ tenant: "acme", messageIds: ["a:1"] }, 5)).toMatchObject([{ reason: "not JSON" }]);
  expect(await remote.show("a:1")).toBeUndefined();
  await expect(remote.show("bad")).rejects.toMatchObject({ code: "STORE_CORRUPT", message: "no", hint: "Look." });
  const progress: unknown[] = [];
  await remote.groups({ messageIds: [] }, 5);
  const attention = { signal: NEVER, onProgress: (one: unknown) => progress.push(one) };
  expect(await remote.replay({ reason: "clock" }, attention)).toEqual({ stored: 2, duplicate: 0, quarantined: 0 });
  expect(progress).toEqual([{ done: 1, total: 2 }]);
  expect(await remote.ledger({ signal: NEVER })).toEqual(REPORT);
  expect(await remote.accept("known", { signal: NEVER })).toMatchObject({ difference: 0 });
  expect(
    await remote.quality.report({ tenant: "acme", store: "ginza" }, { from: "2026-03-01", to: "2026-03-02" }),
  ).toEqual({
    flags: [],
    words: [],
  });
  const word = {
    tenant: "acme",
    store: "ginza",
    device: "cam-1",
    verdict: "overrule",
    by: "anna",
    note: "parade",
  } as const;
  await remote.quality.say({ ...word, from: "2026-03-01", to: "2026-03-01" });
  expect(operator.asked.splice(-1)).toEqual([{ ...word, from: "2026-03-01", to: "2026-03-01" }]);
  operator.asked.pop();
  expect(await remote.jobs.list(3)).toEqual([]);
  expect(await remote.jobs.show("0b7c")).toBeUndefined();
  const wish = { from: "2026-03-01", to: "2026-03-02", tenant: "acme" };
  expect(await remote.jobs.run("roll-up", wish, attention)).toMatchObject({ parameters: JSON.stringify(wish) });
  expect(progress).toHaveLength(2);
  const lists = [
    [{ tenant: "acme", messageIds: ["a:1"] }, 5],
    [{ messageIds: [] }, 5],
  ];
  expect(operator.asked).toEqual([...lists, { reason: "clock" }, "known"]);
  expect(await remote.forecast.rows({ tenant: "acme", store: "ginza" }, "2026-03-01")).toEqual([
    { place: "", yhat: 7.5 },
  ]);
  expect(operator.asked.at(-1)).toMatchObject([{ tenant: "acme", store: "ginza" }, "2026-03-01"]);
  stop.abort();
  await running;
  expect(await remote.answers()).toBe(false);
});

it("is for the folder's owner alone, and takes the place of what a crash left behind", async () => {
  const { path, stop, start } = await served();
  const { running: first } = await start();
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  stop.abort();
  await first;
  const again = await served();
  await mkdir(dirname(again.path), { recursive: true });
  await writeFile(again.path, "left behind");
  const { running: second } = await again.start();
  again.stop.abort();
  await second;
});

it.each([
  "no JSON",
  "",
  '{"op":"quarantine-list","filter":{"from":"9999-99-99"},"limit":5}',
  '{"op":"quarantine-replay","filter":{"to":"2026-02-29"}}',
  '{"op":"quarantine-replay","filter":{"from":"0001-01-01"}}',
  '{"op":"drop"}',
  '{"op":"quarantine-list","filter":{"tenant":"../x"},"limit":5}',
  '{"op":"ledger-show","more":1}',
  '{"op":"jobs-run","job":"roll-up","wish":{"from":"2026-02-29","to":"2026-03-01"}}',
  '{"op":"jobs-run","job":"roll-up","wish":{"store":"../x"}}',
])("refuses what is no request: %s", async (line) => {
  const { operator, path, stop, start } = await served();
  const { running } = await start();
  const socket = connect(path);
  socket.write(`${line}\n`);
  const [answer] = await once(socket, "data");
  expect(JSON.parse(String(answer))).toMatchObject({ error: { code: "USAGE" } });
  expect(operator.asked).toEqual([]);
  stop.abort();
  await running;
});

it("stops a replay when its command goes away, or when the half stops", async () => {
  const { operator, remote, stop, start } = await served();
  const { running } = await start();
  operator.gate = new Promise(() => {});
  const gone = new AbortController();
  const asked = remote.replay({}, { signal: gone.signal, onProgress: () => gone.abort() });
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(operator.signal?.aborted).toBe(true));
  const other = remote.replay({}, { signal: NEVER, onProgress: () => stop.abort() });
  await expect(other).rejects.toMatchObject({ code: "STORE_LOCKED" });
  await running;
});

it("goes without it where the path is too long, and says so", async () => {
  const log = new LogRecorder();
  const dataDir = join(await tempDir(), "x".repeat(100));
  expect(socketPath(dataDir)).toBeUndefined();
  await new OperatorServer({ dataDir, operator: new FakeOperator(), log }).run(NEVER);
  expect(log.lines).toEqual([expect.stringContaining("too long")]);
});

it("passes on what is asked and said about alerts", async () => {
  const { remote, operator, start, stop } = await served();
  const { running } = await start();
  expect(await remote.alerts.list({ store: "ginza" }, 7)).toMatchObject({ open: [], ended: [] });
  expect(await remote.alerts.show("abc")).toBeUndefined();
  const saying = { word: "closed", alertId: "abc", by: "anna", note: "typhoon" } as const;
  expect(await remote.alerts.say(saying)).toMatchObject({ wordId: "w" });
  expect(await remote.alerts.quality(90)).toEqual([]);
  const onProgress = vi.fn();
  const ask = { rules: "/rules", from: "2026-11-01", to: "2026-11-02" };
  await remote.alerts.replay(ask, { signal: NEVER, onProgress });
  expect(onProgress).toHaveBeenCalledWith({ done: 1, total: 2 });
  expect(operator.asked).toEqual([[{ store: "ginza" }, 7], saying, ask]);
  await expect(remote.alerts.replay({ ...ask, from: "2026-02-30" }, { signal: NEVER, onProgress })).rejects.toThrow(
    /no date/,
  );
  stop.abort();
  await running;
});
