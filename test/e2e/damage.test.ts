import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { openDuckDbWarehouse } from "../../cloud-ingest/warehouse/duckdb/open.ts";
import { createToken } from "../../deploy/setup/token.ts";
import { clientIdOf, topicOf } from "../../firmware-config/contract/topics.ts";
import { seededRandom } from "../../firmware-config/kit/seeded-random.ts";
import { BOOT, CAM, countsMessage, SHIBUYA } from "../cloud-ingest/warehouse/rows.ts";
import { type DamageKind, damageFile } from "../support/damage.ts";
import { freePort, type KazoeProcess, startKazoe } from "../support/processes.ts";
import { tempDir } from "../support/temp-dir.ts";

/** Few in every run; many by `KAZOE_DAMAGE_ROUNDS=100`. */
const ROUNDS = Number(process.env.KAZOE_DAMAGE_ROUNDS ?? 3);
const SEED = Number(process.env.KAZOE_SEED ?? Date.now() % 1_000_000);
const KINDS: readonly DamageKind[] = ["cut", "zeros", "flip"];
const DAYS = 6;
const PER_DAY = 50;
/** More than lies between a record's begin and this text, and behind it. */
const [BEFORE, BEHIND] = [250, 700];
const READY = { timeout: 60_000, interval: 50 };
const DAY_MS = 86_400_000;

const dayOf = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);

interface Folder {
  readonly dir: string;
  readonly token: string;
  readonly mqttPort: number;
  readonly httpPort: number;
}

async function writeCloud(dir: string): Promise<Folder> {
  const { token, tokenSha256 } = createToken();
  const [mqttPort, httpPort] = [await freePort(), await freePort()];
  const config = {
    dataDir: "data",
    stores: [SHIBUYA],
    devices: [{ ...CAM, tokenSha256 }],
    broker: { port: mqttPort },
    http: { port: httpPort },
    // Every second, so that there are Parquet days when the process is killed.
    jobs: { archive: "* * * * * *", rollUp: "* * * * * *", hotDays: 0 },
  };
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "cloud.yaml"), stringify(config));
  return { dir, token, mqttPort, httpPort };
}

async function startCloud({ dir }: Folder): Promise<KazoeProcess> {
  const cloud = startKazoe(["cloud", "--config", join(dir, "cloud.yaml")]);
  const failed = cloud.exited.then((code) => Promise.reject(new Error(`exit ${code}: ${cloud.output()}`)));
  failed.catch(() => {});
  const ready = vi.waitFor(() => expect(cloud.output()).toContain("the cloud half is ready"), READY);
  await Promise.race([ready, failed]);
  return cloud;
}

function connect({ mqttPort, token }: Folder): Promise<MqttClient> {
  const clientId = clientIdOf(CAM);
  return connectAsync(`mqtt://127.0.0.1:${mqttPort}`, { clientId, username: clientId, password: token });
}

/** Resolves with the PUBACK. `in` is the message's number, to know it by. */
async function publish(client: MqttClient, seq: number, at: string): Promise<void> {
  const message = countsMessage(seq, at, { in: seq });
  await client.publishAsync(topicOf(CAM, "counts"), JSON.stringify(message), { qos: 1 });
}

interface Health {
  readonly faults: readonly string[];
  readonly vitals: { readonly inboxDepth: number };
}

async function healthOf({ httpPort }: Folder): Promise<Health> {
  const text = await (await fetch(`http://127.0.0.1:${httpPort}/healthz`)).text();
  const health: Health = JSON.parse(text);
  return health;
}

const drained = (folder: Folder, told: () => string) =>
  vi.waitFor(async () => {
    const health = await healthOf(folder);
    expect(health.vitals.inboxDepth, `${JSON.stringify(health)}\n${told()}`).toBe(0);
  }, READY);

/** A folder as a kill -9 leaves it: days in Parquet, late rows of them, today's in the database, some only in the inbox. */
async function makeRunningFolder(dir: string, nowMs: number) {
  const folder = await writeCloud(dir);
  /** UTC date by number. */
  const acked = new Map<number, string>();
  const cloud = await startCloud(folder);
  const client = await connect(folder);
  let seq = 0;
  const send = async (day: number) => {
    const mine = seq++;
    const at = new Date(nowMs - day * DAY_MS - (mine % 600) * 1000).toISOString();
    await publish(client, mine, at);
    acked.set(mine, at.slice(0, 10));
  };
  for (let day = DAYS; day >= 0; day--) await Promise.all(Array.from({ length: PER_DAY }, () => send(day)));
  await drained(folder, cloud.output);
  await vi.waitFor(() => expect(cloud.output()).toMatch(/"job":"archive".*"rows":[1-9]/), READY);
  await Promise.all(Array.from({ length: PER_DAY }, (_, i) => send(i % (DAYS + 1))));
  cloud.child.kill("SIGKILL");
  await cloud.exited;
  client.end(true);
  // Sockets are no files that one could copy or damage.
  await rm(join(dir, "data", "operator"), { recursive: true, force: true });
  return { folder, acked };
}

/** Every file of a data folder that holds anything, relative to it. */
async function filesOf(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return files
    .filter((_, i) => (sizes[i] ?? 0) > 0)
    .map((file) => relative(dir, file))
    .sort();
}

/** A message's record in the inbox, with some bytes before and behind it. */
interface Place {
  readonly seq: number;
  readonly file: string;
  readonly at: number;
  readonly bytes: Buffer;
}

async function placesOf(dir: string, seqs: Iterable<number>): Promise<readonly Place[]> {
  const names = (await filesOf(dir)).filter((file) => file.startsWith("inbox/"));
  const files = await Promise.all(names.map(async (file) => ({ file, whole: await readFile(join(dir, file)) })));
  return [...seqs].flatMap((seq) => {
    const text = `"bootId":"${BOOT}","seq":${seq},`;
    return files.flatMap(({ file, whole }) => {
      const textAt = whole.indexOf(text);
      const at = Math.max(0, textAt - BEFORE);
      return textAt < 0 ? [] : [{ seq, file, at, bytes: whole.subarray(at, textAt + BEHIND) }];
    });
  });
}

/** The messages that stand in no damaged byte of the inbox. */
async function intactOf(dir: string, places: readonly Place[]): Promise<ReadonlySet<number>> {
  const files = new Map<string, Buffer | undefined>();
  for (const { file } of places)
    if (!files.has(file)) files.set(file, await readFile(join(dir, file)).catch(() => undefined));
  const isIntact = ({ file, at, bytes }: Place) =>
    files
      .get(file)
      ?.subarray(at, at + bytes.length)
      .equals(bytes);
  return new Set(places.filter(isIntact).map(({ seq }) => seq));
}

/** The numbers of the stored messages, and the UTC date of each. */
async function storedNumbers(dir: string, nowMs: number): Promise<readonly (readonly [number, string])[]> {
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  const range = { from: dayOf(nowMs - (DAYS + 2) * DAY_MS), to: dayOf(nowMs + 2 * DAY_MS) };
  const rows = await warehouse.traffic(SHIBUYA, range, "window");
  await warehouse.close();
  return rows.map((row) => [row.in, dayOf(Date.parse(`${row.localStart}+09:00`))]);
}

interface Probe {
  readonly seq: number;
  readonly at: string;
}

/** Starts on a damaged folder, sends one more message, waits until all is at rest, and stops. */
async function runOnce(
  folder: Folder,
  { probe, done, range }: { readonly probe: Probe; readonly done: string; readonly range: string },
) {
  const cloud = await startCloud(folder);
  const client = await connect(folder);
  await publish(client, probe.seq, probe.at);
  await client.endAsync();
  await drained(folder, () => `${done}\n${cloud.output()}`);
  // A damaged file of the archive is found when it is read, if not before; then the answer is refused, or cut off.
  const csv = `http://127.0.0.1:${folder.httpPort}/stores/acme/shibuya/traffic.csv?${range}&span=window`;
  await fetch(csv)
    .then(
      (answer) => answer.text(),
      () => "",
    )
    .catch(() => "");
  const { faults } = await healthOf(folder);
  cloud.child.kill("SIGTERM");
  return { code: await cloud.exited, output: cloud.output(), faults };
}

test(`a running folder with files cut, zeroed and flipped, ${ROUNDS} rounds: it runs, says what it lost, and has the rest`, {
  timeout: 120_000 + ROUNDS * 60_000,
}, async () => {
  console.info(`seed ${SEED} (KAZOE_SEED repeats it)`);
  const random = seededRandom(SEED);
  const nowMs = Date.now();
  const root = await tempDir();
  const { folder, acked } = await makeRunningFolder(join(root, "whole"), nowMs);
  const whole = join(folder.dir, "data");
  const files = await filesOf(whole);
  const places = await placesOf(whole, acked.keys());
  expect(new Set(places.map(({ seq }) => seq))).toEqual(new Set(acked.keys()));
  const range = `from=${dayOf(nowMs - (DAYS + 2) * DAY_MS)}&to=${dayOf(nowMs + DAY_MS)}`;
  const sums = { damages: 0, missing: 0, damagedInInbox: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const dir = join(root, `round-${round}`);
    await cp(folder.dir, dir, { recursive: true });
    // Mostly a few files, and in every fourth round all of them.
    const share = random() < 0.25 ? 1 : 3 / files.length;
    const damages: string[] = [];
    for (const file of files) {
      if (random() >= share) continue;
      const kind = KINDS[Math.floor(random() * KINDS.length)] ?? "flip";
      await damageFile(join(dir, "data", file), kind, random);
      damages.push(`${kind} ${file}`);
    }
    const intact = await intactOf(join(dir, "data"), places);
    const probe = { seq: 900_000 + round, at: new Date(nowMs).toISOString() };
    const { code, output, faults } = await runOnce({ ...folder, dir }, { probe, done: damages.join(), range });
    const told = JSON.stringify({ seed: SEED, round, damages, faults, output });
    expect(code, told).toBe(0);

    const rows = await storedNumbers(dir, nowMs);
    const stored = rows.map(([seq]) => seq);
    const missing = [...acked.keys()].filter((seq) => !stored.includes(seq));
    // An archived date is one file: what is damaged in it is the whole until it is put back.
    const archived = new Set(damages.map((damage) => /date=([\d-]+)/.exec(damage)?.[1]));
    // A bit that flipped in an archived day may make another number of one until the file is next checked.
    const sure = rows.filter(([, date]) => !archived.has(date)).map(([seq]) => seq);
    expect(new Set(sure).size, told).toBe(sure.length);
    expect(stored, told).toContain(probe.seq);
    expect(
      missing.filter((seq) => intact.has(seq) && !archived.has(acked.get(seq))),
      told,
    ).toEqual([]);
    // A flipped bit that reads well is found when its file is next checked, perhaps after the last look at the health.
    const said = [...faults, ...[...output.matchAll(/"trouble":"([\w-]+)"/g)].map(([, trouble]) => trouble)];
    if (missing.length > 0) expect(said, told).not.toEqual([]);
    sums.damages += damages.length;
    sums.missing += missing.length;
    sums.damagedInInbox += acked.size - intact.size;
    await rm(dir, { recursive: true });
  }
  console.info(
    `${ROUNDS} of ${ROUNDS} rounds, ${sums.damages} damages to ${files.length} files, ${acked.size} messages in each: ` +
      `${sums.damagedInInbox} times one was damaged in the inbox, ${sums.missing} are missing, each in damaged bytes and said`,
  );
});
