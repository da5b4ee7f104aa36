import { access } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Database } from "../../../../cloud-ingest/warehouse/duckdb/database.ts";
import { Instance } from "../../../../cloud-ingest/warehouse/duckdb/instance.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";
import { canSeeOpenFiles, openFilesIn } from "../../../support/open-files.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const OPTIONS = { memoryLimitMb: 128, threads: 2 };
const FATAL = "FATAL Error: database has been invalidated";

/** Takes far longer than a test may, and makes the file when it begins: DuckDB forgets an interrupt that comes before. */
const endless = (file: string) =>
  `COPY (SELECT * FROM range(100000000000) AS t(n) WHERE hash(n) = 1) TO '${file}' (FORMAT csv)`;
const begun = (file: string) => vi.waitFor(() => access(file), { timeout: 20_000 });

/** A database that counts its openings; the first of them may fail. */
async function rig(failures = 0) {
  const dir = await tempDir();
  const instances: Instance[] = [];
  const tries = { count: 0 };
  const open = async () => {
    tries.count += 1;
    if (tries.count <= failures) throw new Error(`IO Error: no, for the ${tries.count}. time`);
    const instance = await Instance.open(dir, "hot.duckdb", OPTIONS);
    instances.push(instance);
    return instance;
  };
  const onDamage = vi.fn(async () => {});
  const database = new Database(dir, { open, onDamage });
  onTestFinished(() => database.close());
  return { database, instances, tries, onDamage, dir };
}

/** A gate that work waits at. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe("the hot database", () => {
  it("is opened once for all that come, with what it may use", async () => {
    const { database, tries, dir } = await rig();
    const settings = `SELECT current_setting('memory_limit') AS memory, current_setting('threads') AS threads,
      current_setting('temp_directory') AS spill, current_setting('preserve_insertion_order') AS ordered,
      current_setting('autoload_known_extensions') AS loads, current_setting('autoinstall_known_extensions') AS installs`;
    const [[row] = []] = await Promise.all([
      database.read((session) => session.rows(settings)),
      database.write(async () => {}),
      database.read(async () => {}, "export"),
    ]);
    expect(row).toMatchObject({ memory: expect.stringMatching(/^12[28]\./), threads: "2", spill: join(dir, "tmp") });
    expect(row).toMatchObject({ ordered: false, loads: false, installs: false });
    expect(tries.count).toBe(1);
  });

  it("commits what a piece of work wrote, and nothing of one that throws", async () => {
    const { database } = await rig();
    const write = (word: string) =>
      database.write(async (session) => {
        await session.run("INSERT INTO clock_mark VALUES ($1)", [word]);
        if (word === "bad") throw new Error("no");
        return word;
      });
    expect(await write("good")).toBe("good");
    await expect(write("bad")).rejects.toMatchObject({ name: "AppError", message: expect.stringContaining("no") });
    expect(await database.read((session) => session.rows("FROM clock_mark"))).toEqual([{ told_at: "good" }]);
  });

  it("writes one piece after the other, and reads beside them what was committed", async () => {
    const { database } = await rig();
    const { opened, open } = gate();
    const order: string[] = [];
    const first = database.write(async (session) => {
      await session.run("INSERT INTO clock_mark VALUES ('first')");
      await opened;
      order.push("first");
    });
    const second = database.write(async () => void order.push("second"));
    expect(await database.read((session) => session.rows("FROM clock_mark"))).toEqual([]);
    open();
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "second"]);
    expect(await database.read((session) => session.rows("FROM clock_mark"))).toHaveLength(1);
  });

  it("reads in lanes that do not wait for each other, and lets files go while neither reads", async () => {
    const { database } = await rig();
    const gates = { page: gate(), export: gate() };
    const order: string[] = [];
    const reading = (["page", "export"] as const).map((lane) =>
      database.read(async () => {
        await gates[lane].opened;
        order.push(lane);
      }, lane),
    );
    const alone = database.whileNobodyReads(async () => void order.push("alone"));
    gates.export.open();
    await reading[1];
    gates.page.open();
    await alone;
    expect(order).toEqual(["export", "page", "alone"]);
  });

  it("is opened again by the next caller when it could not be opened", async () => {
    const { database, tries } = await rig(2);
    await expect(database.open()).rejects.toMatchObject({
      name: "AppError",
      message: expect.stringContaining("1. time"),
    });
    await expect(database.open()).rejects.toThrow("2. time");
    await database.open();
    expect(tries.count).toBe(3);
  });

  it("is opened anew after an error that DuckDB does not outlive, when all have come out, who are told that error", async () => {
    const { database, instances, dir } = await rig();
    const { opened, open } = gate();
    const file = join(dir, "begun");
    const long = database.read((session) => session.run(endless(file)), "export");
    const stopped = expect(long).rejects.toThrow("invalidated");
    const inside = database.read(() => opened);
    await begun(file);
    await expect(database.write(() => Promise.reject(new Error(FATAL)))).rejects.toThrow("invalidated");
    await stopped;
    const next = Promise.all([
      database.write(async () => "written"),
      database.read(async () => "read"),
      database.read(async () => "exported", "export"),
    ]);
    await new Promise(setImmediate);
    expect(instances).toHaveLength(1);
    open();
    await inside;
    expect(await next).toEqual(["written", "read", "exported"]);
    expect(instances).toHaveLength(2);
  });

  it("says that a block is damaged, and nothing for any other error", async () => {
    const { database, onDamage, instances } = await rig();
    const fail = (text: string) => database.read(() => Promise.reject(new Error(text)));
    await expect(fail("Corrupt database file: computed checksum 1")).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    expect(onDamage).toHaveBeenCalledTimes(1);
    await expect(fail("IO Error: No space left on device")).rejects.toMatchObject({ code: "DISK_FULL" });
    const known = new AppError("known", { code: "USAGE", hint: "Ask otherwise." });
    await expect(database.read(() => Promise.reject(known))).rejects.toBe(known);
    expect([onDamage.mock.calls.length, instances.length]).toEqual([1, 1]);
  });

  it("closes when what is under way has ended, and takes nothing more", async () => {
    const { database, instances } = await rig();
    const { opened, open } = gate();
    const order: string[] = [];
    const entered = [gate(), gate(), gate()];
    const work = (nth: number) => () => {
      entered[nth]?.open();
      return opened;
    };
    const works = [database.write(work(0)), database.read(work(1)), database.read(work(2), "export")];
    await Promise.all(entered.map((one) => one.opened));
    const all = Promise.all(works).then(() => order.push("worked"));
    const closing = database.close().then(() => order.push("closed"));
    const late = expect(database.read(async () => 1)).rejects.toThrow("The warehouse is closed");
    open();
    await late;
    await Promise.all([all, closing]);
    expect(order).toEqual(["worked", "closed"]);
    expect(instances[0]?.enter()).toBe(false);
    await expect(database.write(async () => 1)).rejects.toThrow("The warehouse is closed");
  });

  it("closes when it was never opened, or could not be", async () => {
    await (await rig()).database.close();
    const { database } = await rig(1);
    await Promise.allSettled([database.open(), database.close()]);
    await expect(database.open()).rejects.toThrow("The warehouse is closed");
  });
});

describe("an opening of the file", () => {
  it.runIf(canSeeOpenFiles)("lets go of it when it is closed, and when it failed half way", async () => {
    const dir = await tempDir();
    const open = () => Instance.open(dir, "a.duckdb", OPTIONS);
    const instance = await open();
    instance.enter();
    await instance.session("writer").run("DROP TABLE ledger");
    await instance.session("writer").run("CREATE VIEW ledger AS SELECT 1 AS one");
    expect(await openFilesIn(dir)).not.toEqual([]);
    instance.retire();
    instance.leave();
    await instance.closed;
    expect(await openFilesIn(dir)).toEqual([]);
    await expect(open()).rejects.toThrow("Can only modify view");
    expect(await openFilesIn(dir)).toEqual([]);
  });

  it("is let go of once it is retired and everybody has come out, for its first cause", async () => {
    const instance = await Instance.open(await tempDir(), "a.duckdb", OPTIONS);
    let isClosed = false;
    const closed = instance.closed.then(() => {
      isClosed = true;
    });
    expect([instance.enter(), instance.enter(), instance.cause]).toEqual([true, true, undefined]);
    instance.retire("first");
    instance.retire("second");
    expect([instance.enter(), instance.cause]).toEqual([false, "first"]);
    instance.leave();
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    instance.leave();
    await closed;
    expect(isClosed).toBe(true);
  });

  it("stops what is under way in every lane when it is retired", async () => {
    const dir = await tempDir();
    const instance = await Instance.open(dir, "a.duckdb", OPTIONS);
    instance.enter();
    const roles = ["writer", "page", "export"] as const;
    const ends = Promise.allSettled(roles.map((role) => instance.session(role).run(endless(join(dir, role)))));
    for (const role of roles) await begun(join(dir, role));
    instance.retire();
    expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    instance.leave();
    await instance.closed;
  });
});
