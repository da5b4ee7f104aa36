import { createHash } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { distance } from "fastest-levenshtein";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { makeFolder } from "../../firmware-config/kit/make-folder.ts";
import { lockFolder } from "../../firmware-config/kit/queue/folder-lock.ts";
import { type AddOptions, addModel, checkNames } from "../add.ts";
import { type CatalogueEntry, type KnownFile, readCatalogue } from "../catalogue.ts";
import { onModelsDisk } from "../disk-error.ts";
import { MAX_MODEL_BYTES } from "../inspect.ts";
import type { JudgeModel } from "../judge.ts";
import { type ModelFile, readStored } from "../model-store.ts";
import { atMirror, modelAddress, safeAddress } from "./address.ts";
import { type Download, download, sha256OfFile } from "./download.ts";

export interface FetchOptions extends Pick<Download, "signal" | "onProgress" | "patience"> {
  readonly judge: JudgeModel;
  /** A folder that holds copies of the publishers' files under their names. */
  readonly mirror?: string | undefined;
}

/**
 * Fetches a model of the catalogue, checks that it is the very file, tries it and stores it under its name. One that is there
 * is given as it is. Throws MODEL_NOT_FOUND, MODEL_FETCH_FAILED, what `addModel` throws, or the reason of `signal`.
 */
export async function getModel(name: string, modelsDir: string, options: FetchOptions): Promise<ModelFile> {
  const { address, licence, files } = await entryOf(name);
  const stored = await readStored(modelsDir, name);
  if (stored !== undefined && files.some(({ sha256 }) => sha256 === stored.sha256)) return stored;
  const from = options.mirror === undefined ? address : atMirror(address, options.mirror);
  return fetchInto(modelsDir, { name, licence, from, files }, options);
}

/** As `addModel`, for a file at an address. */
export async function addFromAddress(
  address: string,
  modelsDir: string,
  { name, licence, acceptAgpl, size, sha256 }: AddOptions,
  options: FetchOptions,
): Promise<ModelFile> {
  await checkNames({ name, licence, acceptAgpl });
  const files = sha256 === undefined ? undefined : [{ sha256, bytes: MAX_MODEL_BYTES }];
  return fetchInto(modelsDir, { name, licence, acceptAgpl, size, from: address, files }, options);
}

interface Wanted extends Pick<AddOptions, "name" | "licence" | "acceptAgpl" | "size"> {
  readonly from: string;
  /** What the file may be; left out: anything that passes its trial. */
  readonly files?: readonly KnownFile[] | undefined;
}

async function fetchInto(modelsDir: string, wanted: Wanted, { judge, ...options }: FetchOptions): Promise<ModelFile> {
  const { name, licence, acceptAgpl, size, from, files } = wanted;
  const url = modelAddress(from, { isPinned: files !== undefined });
  const folder = join(modelsDir, "fetch", createHash("sha256").update(url.href).digest("hex").slice(0, 16));
  return onModelsDisk(modelsDir, async () => {
    await makeFolder(folder);
    const lock = await lockFolder(folder);
    try {
      const path = join(folder, "model.part");
      await fetchFile({ ...options, url, path }, files);
      const source = safeAddress(url.href);
      const added = await addModel(path, modelsDir, { name, licence, acceptAgpl, size, source, judge }).catch(
        async (error) => {
          // What is no model is nothing to go on from: the server's next answer would be put behind it.
          if (error instanceof AppError && error.code === "MODEL_INVALID") await rm(path, { force: true });
          throw error;
        },
      );
      await rm(folder, { recursive: true, force: true });
      return added;
    } finally {
      await lock.close();
    }
  });
}

type FileJob = Pick<Download, "url" | "path" | "signal" | "onProgress" | "patience">;

async function fetchFile(job: FileJob, files: readonly KnownFile[] | undefined): Promise<void> {
  const isKnown = (found: string) => files?.some(({ sha256 }) => sha256 === found) === true;
  // What a former command fetched wholly, but could not add.
  if (files !== undefined && (await isThere(job.path)) && isKnown(await sha256OfFile(job.path))) return;
  const maxBytes = Math.max(...(files ?? [{ bytes: MAX_MODEL_BYTES }]).map(({ bytes }) => bytes));
  await download({ ...job, maxBytes, isPinned: files !== undefined });
  if (files === undefined) return;
  const sha256 = await sha256OfFile(job.path);
  if (isKnown(sha256)) return;
  const start = await startOf(job.path);
  await rm(job.path, { force: true });
  throw anotherFile(job.url, sha256, start);
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The first bytes as text: a network's login page is what comes most often in place of a file. */
async function startOf(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead).toString("latin1");
  } finally {
    await file.close();
  }
}

async function entryOf(name: string): Promise<CatalogueEntry> {
  const catalogue = await readCatalogue();
  const found = catalogue.find((entry) => entry.name === name);
  if (found) return found;
  const [nearest] = catalogue.toSorted((a, b) => distance(a.name, name) - distance(b.name, name));
  throw new AppError(`The catalogue has no model ${name}`, {
    code: "MODEL_NOT_FOUND",
    hint: `Did you mean ${nearest?.name}? All names: kazoe models list --available; an address is taken by: kazoe models add URL.`,
  });
}

function anotherFile(url: URL, sha256: string, start: string): AppError {
  const what = /^\s*<(!doctype|html)/i.test(start) ? "a web page, as a proxy or a guest network gives" : "another file";
  return new AppError(`What came from ${safeAddress(url.href)} is not the model, but ${what} (SHA-256 ${sha256})`, {
    code: "MODEL_FETCH_FAILED",
    hint: "Nothing was stored. Look at the address in a browser; behind a proxy set HTTPS_PROXY, or name a copy with KAZOE_MODELS_MIRROR.",
  });
}
