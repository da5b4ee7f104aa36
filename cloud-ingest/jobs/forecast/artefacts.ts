import { createHash } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { AppError, messageOf, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { makeFolder } from "../../../firmware-config/kit/make-folder.ts";
import { onDisk, writeWhole } from "../../../firmware-config/kit/on-disk.ts";
import { PRIVATE_FOLDER } from "../../../firmware-config/kit/private-folder.ts";
import { removeStale } from "../../../firmware-config/kit/remove-stale.ts";
import { SchemaCheck } from "../../../firmware-config/kit/schema-check.ts";
import { readTextFile } from "../../../firmware-config/kit/text-file.ts";
import type { CloudConfig } from "../../config.ts";
import { VERSION } from "../../forecast/fit.ts";
import type { Champion } from "../../forecast/port.ts";
import type { Trial } from "../../forecast/renew.ts";

/** Another number for each change of the file's form: one of another form is not used. */
const FORMAT = 1;
const CURRENT = "current.json";
/** The trees of 25 stores are some MB. */
const MAX_BYTES = 256 * 1024 * 1024;
/** A quarter of a year of weeks. */
const KEPT = 13;
/** Each is read whole, one after the other: some MB and some hundredths of a second. */
const MOST_LISTED = 200;
const MODE = 0o600;

/** Where the models of a cloud half are kept. */
export const modelDirOf = ({ dataDir }: Pick<CloudConfig, "dataDir">): string => join(dataDir, "forecast");

/** What was learnt, from what, and how it did. */
export interface Artefact {
  /** Grows with the time. */
  readonly id: string;
  /** Stores that learn together: `tenant-number`. */
  readonly group: string;
  /** RFC 3339 UTC. */
  readonly madeAt: string;
  /** Version of the program. */
  readonly code: string;
  /** SHA-256 of the history and the calendar that it was learnt from. */
  readonly dataHash: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** How it and the one before did on the last dates; empty for the first. */
  readonly trials: readonly Trial[];
  readonly champion: Champion;
}

/** All of an artefact but what it learnt. */
export type Experiment = Omit<Artefact, "champion"> & { readonly isCurrent: boolean };

const Errors = Type.Object({ mean: Type.Number(), tail: Type.Number() });
/** The first line of a file: what it is, and the fingerprint of the second. */
const Seal = new SchemaCheck(Type.Object({ format: Type.Integer(), sha256: Type.String() }));
const Body = new SchemaCheck(
  Type.Object({
    id: Type.String({ pattern: "^[0-9A-Za-z-]{1,80}$" }),
    group: Type.String(),
    madeAt: Type.String(),
    code: Type.String(),
    dataHash: Type.String(),
    parameters: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
    trials: Type.Array(
      Type.Object({
        series: Type.String(),
        days: Type.Number(),
        isRenewed: Type.Boolean(),
        rival: Type.Optional(Errors),
        incumbent: Type.Optional(Errors),
      }),
    ),
    champion: Type.Object({ version: Type.Number() }),
  }),
);
const Pointer = new SchemaCheck(Type.Object({ id: Type.String({ pattern: "^[0-9A-Za-z-]{1,80}$" }) }));

/** Artefacts of models as files, a folder for each group. A file that is torn, of another version or of another group is passed over with a word. */
export class Artefacts {
  readonly #dir: string;
  readonly #log: Pick<Log, "warn">;

  constructor(dir: string, log: Pick<Log, "warn">) {
    this.#dir = dir;
    this.#log = log;
  }

  /** The one that is in force, or the newest before it that can be read; undefined where there is none. */
  async current(group: string): Promise<Artefact | undefined> {
    const ids = await this.#ids(group);
    const pointed = await this.#pointed(group);
    const order = [...(pointed === undefined ? [] : [pointed]), ...ids.filter((id) => id !== pointed).reverse()];
    for (const id of order) {
      const found = await this.#usable(group, id).catch((error: unknown) => {
        this.#log.warn(
          { group, artefact: id, error: messageOf(error) },
          "a model cannot be used; the one before goes on",
        );
        return undefined;
      });
      if (found) return found;
    }
    return undefined;
  }

  /** Keeps an artefact and puts it in force; of old ones a quarter of a year stays. */
  async keep(artefact: Artefact): Promise<void> {
    const body = JSON.stringify(artefact);
    const seal = JSON.stringify({ format: FORMAT, sha256: hashOf(body) });
    await makeFolder(this.#dir, PRIVATE_FOLDER);
    await makeFolder(join(this.#dir, artefact.group), PRIVATE_FOLDER);
    await this.#assertOurs(artefact.group);
    await removeStale(join(this.#dir, artefact.group));
    await writeWhole(this.#file(artefact.group, artefact.id), { parts: [seal, "\n", body, "\n"], mode: MODE });
    await this.#point(artefact.group, artefact.id);
    // A clock that went back gives an id older than all: what is in force is never cleared away.
    const old = (await this.#ids(artefact.group)).slice(0, -KEPT).filter((id) => id !== artefact.id);
    for (const id of old) await rm(this.#file(artefact.group, id), { force: true });
  }

  /** Puts one in force that was kept. Throws `AppError` where it cannot be used. */
  async putInForce(group: string, id: string): Promise<void> {
    await this.#usable(group, id);
    await this.#point(group, id);
  }

  /** Weights of an older version mean something else: such a model is read for what it was, and never used. */
  async #usable(group: string, id: string): Promise<Artefact> {
    const artefact = await this.read(group, id);
    const { version } = artefact.champion;
    if (version === VERSION) return artefact;
    throw unusable(
      this.#file(group, id),
      `it is of version ${version} of our members, and this program has ${VERSION}`,
    );
  }

  /** What was learnt when, newest first, of all groups together at most `MOST_LISTED`, or those with these ids; what cannot be read is left out. */
  async list(only?: readonly string[]): Promise<readonly Experiment[]> {
    const files: { readonly group: string; readonly id: string }[] = [];
    for (const group of await this.#groups())
      for (const id of await this.#ids(group)) if (only?.includes(id) ?? true) files.push({ group, id });
    // An id begins with its time, so that the newest are known before a file of some MB is opened.
    files.sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
    const currents = new Map<string, string | undefined>();
    const found: Experiment[] = [];
    for (const { group, id } of files.slice(0, MOST_LISTED)) {
      const artefact = await this.read(group, id).catch(() => undefined);
      if (!artefact) continue;
      if (!currents.has(group)) currents.set(group, (await this.current(group))?.id);
      const { champion: _, ...about } = artefact;
      found.push({ ...about, isCurrent: id === currents.get(group) });
    }
    return found.sort((a, b) => (a.madeAt < b.madeAt ? 1 : -1));
  }

  /** Throws `AppError` for a file that is not there, torn, of another form or of another group. */
  async read(group: string, id: string): Promise<Artefact> {
    const file = this.#file(group, id);
    const value = await unsealed(file);
    if (!Body.check(value)) throw unusable(file, Body.faultOf(value));
    if (value.group !== group || value.id !== id) throw unusable(file, `it is ${value.group}/${value.id}`);
    return value as unknown as Artefact;
  }

  /** A link in place of a folder would write, and delete, elsewhere. */
  async #assertOurs(group: string): Promise<void> {
    const folder = join(this.#dir, group);
    if (!(await lstat(folder)).isSymbolicLink()) return;
    throw new AppError(`${folder} is a link`, {
      code: "DISK_UNWRITABLE",
      hint: "Put a folder there; models are kept in it.",
    });
  }

  #file(group: string, id: string): string {
    return join(this.#dir, group, `${id}.json`);
  }

  async #point(group: string, id: string): Promise<void> {
    await writeWhole(join(this.#dir, group, CURRENT), { parts: [`${JSON.stringify({ id })}\n`], mode: MODE });
  }

  async #pointed(group: string): Promise<string | undefined> {
    const text = await readTextFile(join(this.#dir, group, CURRENT), { maxBytes: 1000 }).catch(() => "");
    const value = parsedText(text);
    return Pointer.check(value) ? value.id : undefined;
  }

  async #groups(): Promise<readonly string[]> {
    return [...(await namesIn(this.#dir))].sort();
  }

  async #ids(group: string): Promise<readonly string[]> {
    const names = await namesIn(join(this.#dir, group));
    return names
      .filter((name) => /^[0-9A-Za-z-]{1,80}\.json$/.test(name) && name !== CURRENT)
      .map((name) => name.slice(0, -".json".length))
      .sort();
  }
}

async function namesIn(dir: string): Promise<readonly string[]> {
  return onDisk(dir, () => readdir(dir)).catch((error: unknown) => {
    if (["ENOENT", "ENOTDIR"].includes(systemCodeOf(error) ?? "")) return [];
    throw error;
  });
}

async function unsealed(file: string): Promise<unknown> {
  const text = await readTextFile(file, { maxBytes: MAX_BYTES }).catch((error: unknown) => {
    throw unusable(file, systemCodeOf(error) === "ENOENT" ? "there is no such file" : messageOf(error), error);
  });
  const [head = "", body = ""] = text.split("\n", 2);
  const seal = parsedText(head);
  if (!Seal.check(seal)) throw unusable(file, "its first line is no seal");
  if (seal.format !== FORMAT) throw unusable(file, `it is of form ${seal.format}, and this program writes ${FORMAT}`);
  if (hashOf(body) !== seal.sha256) throw unusable(file, "it is not what was written");
  return parsedText(body);
}

function parsedText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(file: string, why: string, cause?: unknown): AppError {
  return new AppError(`${file} cannot be used as a model: ${why}`, {
    code: "USAGE",
    hint: "`kazoe experiments list` shows those that can; the next renewal learns anew.",
    cause,
  });
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
