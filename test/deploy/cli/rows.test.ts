import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { ALL_DATES } from "../../../cloud-ingest/warehouse/source-rows.ts";
import { registerCalendarCommand } from "../../../deploy/cli/commands/calendar.ts";
import { registerLedgerCommand } from "../../../deploy/cli/commands/ledger.ts";
import { registerQuarantineCommand } from "../../../deploy/cli/commands/quarantine.ts";
import { registerRowsCommand } from "../../../deploy/cli/commands/rows.ts";
import { NEVER } from "../../support/quiet-jobs.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { beside, PLACES, runCommand } from "./beside.ts";

const COMMANDS = [registerRowsCommand, registerQuarantineCommand, registerCalendarCommand, registerLedgerCommand];
const run = (...args: string[]) => runCommand(COMMANDS, args);
const GINZA = { tenant: "acme", store: "ginza", name: "Ginza", timeZone: "Asia/Tokyo" };
const SHIBUYA = { ...GINZA, store: "shibuya" };
const OTHER = { ...GINZA, tenant: "globex" };

afterEach(() => {
  process.exitCode = undefined;
});

async function folder(stores: readonly object[] = [GINZA, OTHER]) {
  const dir = await tempDir();
  const config = join(dir, "cloud.yaml");
  const configure = (some: readonly object[]) =>
    writeFile(
      config,
      JSON.stringify({
        ...{ stores: some, registry: "registry.yaml", broker: { port: 0 }, http: { port: 0 }, logLevel: "error" },
        jobs: { rollUp: NEVER, archive: NEVER, quality: NEVER, forecast: NEVER, today: NEVER },
      }),
    );
  await configure(stores);
  await writeFile(join(dir, "registry.yaml"), 'tenant: acme\nhours: [{ week: { mon-sun: "10:00-20:00" } }]\n');
  const write = async (name: string, content: string | Buffer) => {
    await writeFile(join(dir, name), content);
    return join(dir, name);
  };
  const take = async (file: string, ...more: string[]) => {
    return JSON.parse(await run("rows", "import", file, "--config", config, "--json", ...more));
  };
  const rowsOf = async () => {
    const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
    try {
      return await warehouse.sourceRows("calendar", ALL_DATES);
    } finally {
      await warehouse.close();
    }
  };
  const ledger = async () => JSON.parse(await run("ledger", "show", "--config", config, "--json"));
  return { config, configure, write, take, rowsOf, ledger };
}

const CSV = [
  ...["\uFEFFkey,version,date,store,what,says,hours", "snow,1,2026-11-20,ginza,closed,snow,"],
  ...["late,1,2026-11-21,ginza,hours,,18:00-26:00", '=1+1,1,2026-11-22,,event,"=HYPERLINK(""x""), a",'],
  ...["a,1,0001-01-01,ginza,closed,x,", "b,1,9999-12-31,ginza,closed,x,", "c,NaN,2026-11-20,ginza,closed,x,"],
  ...["d,1e308,2026-11-20,ginza,closed,x,", "e,99999999999999999999,2026-11-20,ginza,closed,x,"],
  ...["f,1,2026-11-20,nowhere,closed,x,", "g,1,2026-11-20,Gin Za,closed,x,", "snow,1,2026-11-20,ginza,event,sale,"],
  ...["snow,1,2026-11-20,ginza,closed,snow,", `${"k".repeat(201)},1,2026-11-20,ginza,closed,x,`],
].join("\r\n");

describe.each(PLACES)("kazoe rows import $name", ({ place }) => {
  it("takes what is right, says file and line of what is not, and the same file again changes nothing", async () => {
    const { config, write, take, rowsOf, ledger } = await folder();
    const file = await write("closures.csv", CSV);
    const args = ["--table", "calendar", "--tenant", "acme", "--by", "aya"];
    await place(config, async () => {
      const dry = await take(file, ...args, "--dry-run");
      expect(dry).toMatchObject({ stored: 3, duplicate: 1, refused: 9, waiting: 0 });
      expect(process.exitCode).toBe(1);
      expect((await ledger()).acked).toBe(0);
      const first = await take(file, ...args);
      expect(first.rows.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
        dry.rows.map(({ outcome }: { outcome: string }) => outcome),
      );
      const refused = first.rows.filter(({ outcome }: { outcome: string }) => outcome === "refused");
      expect(refused.map(({ line, reason }: { line: number; reason: string }) => `${line} ${reason}`)).toEqual([
        "5 /date must be a date from 1970-01-01 to 2499-12-31",
        "6 /date must be a date from 1970-01-01 to 2499-12-31",
        ...["7 /version must be integer", "8 /version must be integer", "9 /version must be integer"],
        "10 no store: the configuration has none of that name",
        "11 no store: it is not said whose row it is, or in no name of a store",
        "12 this version of the key is there and says otherwise of says, what",
        "14 /key must NOT have more than 200 characters",
      ]);
      expect(await take(file, ...args)).toMatchObject({ stored: 0, duplicate: 4, refused: 9 });
      const { difference, acked, stored, duplicate, quarantined } = await ledger();
      expect([difference, acked, stored, duplicate, quarantined]).toEqual([0, 26, 3, 5, 18]);
      const shown = await run("calendar", "show", "acme/ginza", "2026-11-20", "--config", config);
      expect(shown).toMatch(/closed: snow .*row snow, version 1, by aya at 20/);
      expect(await run("calendar", "show", "acme/ginza", "2026-11-22", "--config", config)).toContain("HYPERLINK");
      expect(await run("calendar", "show", "globex/ginza", "2026-11-20", "--config", config)).not.toContain("snow");
    });
    expect((await rowsOf()).map(({ tenant, store, key }) => `${tenant}/${store} ${key}`)).toEqual([
      ...["acme/ginza snow", "acme/ginza late", "acme/ =1+1"],
    ]);
  });
});

const WEATHER = [
  ...["version,date,store,name,hour,value,knownInAdvance", "1,2026-11-20,ginza,rain,,0.5,yes"],
  ...["1,2026-11-20,ginza,rain,09,-3e-1,TRUE", "1,2026-11-21,,temperature,,12,0", "1,2026-11-20,ginza,rain,,0.6,yes"],
  ...["1,2026-11-22,ginza,rain,,NaN,yes", "1,2026-11-22,ginza,rain,,1e308,yes", "1,2026-11-22,ginza,rain,,1,perhaps"],
  ...["1,2026-11-22,nowhere,rain,,1,yes", "1,2026-11-22,ginza,rain,24,1,yes", "1,2026-02-30,ginza,rain,,1,yes"],
].join("\n");

it("numbers beside the counts need no key, and a date has one of each name", async () => {
  const { config, write, take } = await folder();
  const file = await write("weather.csv", WEATHER);
  const args = ["--table", "regressor", "--tenant", "acme"];
  const { rows, ...counts } = await take(file, ...args);
  expect(counts).toEqual({ stored: 3, duplicate: 0, refused: 7, waiting: 0 });
  const told = rows.filter(({ outcome }: { outcome: string }) => outcome === "refused");
  expect(told.map(({ line, reason }: { line: number; reason: string }) => `${line} ${reason}`)).toEqual([
    "5 this version of the key is there and says otherwise of value",
    ...["6 /columns/value must be number", "7 /columns/value must be <= 1000000000"],
    ...["8 /columns/knownInAdvance must be boolean", "9 no store: the configuration has none of that name"],
    ...["10 /columns/hour must be <= 23", "11 /date must be a date from 1970-01-01 to 2499-12-31"],
  ]);
  const row = { tenant: "acme", table: "regressor", version: 1, date: "2026-11-23" };
  const columns = { name: "rain", value: 1, knownInAdvance: true };
  const keyless = [
    { ...row, columns: { ...columns, name: undefined } },
    { ...row, columns: { ...columns, name: "r".repeat(500) } },
    { ...row, columns, date: "2026-11-23T00:00:00Z" },
  ];
  const lines = keyless.map((one) => JSON.stringify(one)).join("\n");
  const faults = (await take(await write("keyless.jsonl", lines))).rows;
  expect(faults.map(({ reason }: { reason: string }) => reason)).toEqual([
    "/columns must have required property 'name'",
    "/columns/name must NOT have more than 80 characters",
    "/date must NOT have more than 10 characters",
  ]);
  const own = { ...row, key: "my own", columns };
  const [refused] = (await take(await write("own.jsonl", JSON.stringify(own)))).rows;
  expect(refused.reason).toBe('/key of a regressor is its name, date and hour if any: "rain 2026-11-23"');
  const warehouse = await openDuckDbWarehouse(join(config, "..", "data", "warehouse"));
  const stored = await warehouse.sourceRows("regressor", ALL_DATES).finally(() => warehouse.close());
  expect(stored.map(({ store, key, columns }) => [store, key, columns.value, columns.knownInAdvance])).toEqual([
    ["ginza", "rain 2026-11-20", 0.5, true],
    ["ginza", "rain 2026-11-20 09", -0.3, true],
    ["", "temperature 2026-11-21", 12, false],
  ]);
});

it("brings rows of a store back once the configuration has it", async () => {
  const { config, configure, write, take, rowsOf, ledger } = await folder();
  const row = { tenant: "acme", store: "shibuya", table: "calendar", key: "k", version: 1, date: "2026-11-20" };
  const file = await write("rows.jsonl", `${JSON.stringify({ ...row, columns: { what: "closed", says: "x" } })}\n`);
  expect(await take(file)).toMatchObject({ refused: 1 });
  await configure([GINZA, OTHER, SHIBUYA]);
  const [group] = JSON.parse(await run("quarantine", "list", "--config", config, "--json", "--tenant", "acme"));
  expect(group).toMatchObject({ reason: "no store: the configuration has none of that name", pending: 1 });
  const done = JSON.parse(await run("quarantine", "replay", "--all", "--config", config, "--json"));
  expect(done).toEqual({ stored: 1, duplicate: 0, quarantined: 0 });
  expect((await rowsOf()).map(({ key, store }) => [key, store])).toEqual([["k", "shibuya"]]);
  expect(await ledger()).toMatchObject({ acked: 1, stored: 1, quarantined: 0, difference: 0 });
});

it.each([
  { name: "latin-1", file: "a.csv", content: Buffer.from("key,version\ncaf\xe9,1\n", "latin1"), says: /UTF-8/ },
  { name: "UTF-16", file: "a.csv", content: Buffer.from("\uFEFFkey,version\n", "utf16le"), says: /UTF-16/ },
  {
    name: "a column that there is not",
    file: "a.csv",
    content: "key,vresion\na,1\n",
    says: /a.csv:1: there is no column "vresion"/,
  },
  { name: "a column twice", file: "a.csv", content: "key,key\na,1\n", says: /a.csv:1: the column key is there twice/ },
  {
    name: "a line of other length",
    file: "a.csv",
    content: "key,version\na\n",
    says: /a.csv:2: 1 values under 2 columns/,
  },
  {
    name: "an open quotation mark",
    file: "a.csv",
    content: 'key,version\n"a,1\n',
    says: /a.csv:\d+: a quotation mark/,
  },
  {
    name: "a key of 10 MB",
    file: "a.csv",
    content: `key,version\n${"k".repeat(10_000_000)},1\n`,
    says: /a.csv:\d+: a row of more/,
  },
  { name: "no rows", file: "a.csv", content: "key,version\n", says: /has no rows/ },
  { name: "nothing", file: "a.jsonl", content: "", says: /has no rows/ },
  { name: "a file that is not there", file: "a.csv", content: undefined, says: /cannot be read/ },
])("takes nothing of a file with $name", async ({ file, content, says }) => {
  const { config, write } = await folder();
  const path = content === undefined ? join(await tempDir(), file) : await write(file, content);
  const importing = run("rows", "import", path, "--table", "calendar", "--tenant", "acme", "--config", config);
  await expect(importing).rejects.toMatchObject({ code: "USAGE", message: expect.stringMatching(says) });
});

it("quarantines lines that are no rows, of any kind and length, and takes those beside them", async () => {
  const { write, take, rowsOf, ledger } = await folder();
  const good = { tenant: "acme", store: "ginza", table: "calendar", key: "k", version: 1, date: "2026-11-20" };
  const closed = { what: "closed", says: "\ud800 \u0000 <script>" };
  const lines = [
    ...["null", "[]", "1e999", '"x"', "{", '{"__proto__":{"tenant":"acme"}}', "[".repeat(50_000)],
    JSON.stringify({ ...good, key: "k".repeat(10_000_000) }),
    JSON.stringify({ ...good, columns: closed, tenant: 7 }),
    JSON.stringify({ ...good, columns: { ...closed, more: 1 } }),
    JSON.stringify({ ...good, columns: closed }),
  ];
  const done = await take(await write("rows.jsonl", lines.join("\n")));
  expect(done).toMatchObject({ stored: 1, duplicate: 0, refused: 10 });
  expect(done.rows.at(-1)).toMatchObject({ line: 11, outcome: "stored" });
  expect((await rowsOf()).map(({ columns }) => columns.says)).toEqual(["\ufffd \ufffd <script>"]);
  expect(await ledger()).toMatchObject({ acked: 11, stored: 1, quarantined: 10, difference: 0 });
});

it("keeps a correction, and of a running half its way is the same", async () => {
  const { config, write, take } = await folder();
  const head = "key,version,date,store,device,camera,target,measure,hour,value";
  const file = await write(
    "c.csv",
    `${head}\na,1,2026-11-20,ginza,cam-1,street,door,in,12,41\nb,1,2026-11-20,ginza,cam-1,street,door,in,24,1e308\n`,
  );
  const args = ["--table", "correction", "--tenant", "acme"];
  await beside(config, async (ready) => {
    expect(await take(file, ...args)).toMatchObject({ stored: 1, refused: 1 });
    const rows = await ready?.warehouse.sourceRows("correction", ALL_DATES, { tenant: "acme", store: "ginza" });
    expect(rows?.map(({ columns }) => columns)).toEqual([
      { device: "cam-1", camera: "street", target: "door", measure: "in", hour: 12, value: 41 },
    ]);
  });
  expect(await take(file, ...args)).toMatchObject({ stored: 0, duplicate: 1, refused: 1 });
});
