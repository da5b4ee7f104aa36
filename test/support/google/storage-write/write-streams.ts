import type { Table, TableReference } from "../bigquery/table.ts";
import type { TableStore } from "../bigquery/table-store.ts";
import type { Row } from "../bigquery/values.ts";
import { CODE } from "../grpc/codes.ts";
import { WriteError } from "./storage-error.ts";

export type StreamType = "COMMITTED" | "PENDING";

/** A stream of one table; `_default` is not kept here but made for each look. */
export interface WriteStream {
  readonly name: string;
  readonly type: StreamType;
  readonly reference: TableReference;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
  nextOffset: number;
  isFinalized: boolean;
  committedAtMs: number | undefined;
  /** What a PENDING stream holds until it is committed. */
  pending: Row[];
}

const TABLE_NAME = /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/;

/** All write streams of all tables. */
export class WriteStreams {
  readonly #store: TableStore;
  readonly #streams = new Map<string, WriteStream>();
  #nextId = 1;

  constructor(store: TableStore) {
    this.#store = store;
  }

  create(parent: string, type: string): WriteStream {
    const reference = this.#tableReference(parent);
    if (type !== "COMMITTED" && type !== "PENDING") {
      throw new WriteError(CODE.unimplemented, `the fake has no streams of type ${type}`);
    }
    const stream = this.#stream(`${parent}/streams/s${this.#nextId++}`, type, reference);
    this.#streams.set(stream.name, stream);
    return stream;
  }

  /** The stream of that name; `<table>/_default` and `<table>/streams/_default` name the default one. */
  get(name: string): WriteStream {
    const parent = /^(.+?)(?:\/streams)?\/_default$/.exec(name)?.[1];
    if (parent !== undefined) return this.#stream(name, "COMMITTED", this.#tableReference(parent));
    const stream = this.#streams.get(name);
    if (!stream) throw new WriteError(CODE.notFound, `no stream ${name}`, { code: "STREAM_NOT_FOUND", entity: name });
    return stream;
  }

  table(stream: WriteStream): Table {
    const table = this.#store.find(stream.reference);
    if (!table) throw tableNotFound(stream.name);
    return table;
  }

  /** All streams of the type, for a look inside. */
  all(): readonly WriteStream[] {
    return [...this.#streams.values()];
  }

  finalize(name: string): number {
    const stream = this.get(name);
    if (stream.isDefault) throw wrongType(stream, "the default stream cannot be finalized");
    stream.isFinalized = true;
    return stream.nextOffset;
  }

  /** Commits all or none; what stands in the way of each that cannot be. */
  commit(parent: string, names: readonly string[], nowMs: number): readonly WriteError[] {
    this.#tableReference(parent);
    const errors = names.map((name) => this.#obstacle(name)).filter((error) => error !== undefined);
    if (errors.length > 0) return errors;
    for (const name of names) {
      const stream = this.get(name);
      stream.committedAtMs = nowMs;
      this.table(stream).stream(stream.pending.splice(0));
    }
    return [];
  }

  #obstacle(name: string): WriteError | undefined {
    const stream = this.#streams.get(name);
    const entity = name;
    if (!stream) return new WriteError(CODE.notFound, `no stream ${name}`, { code: "STREAM_NOT_FOUND", entity });
    if (stream.type !== "PENDING") return wrongType(stream, "only PENDING streams are committed");
    if (stream.committedAtMs !== undefined) {
      const code = "STREAM_ALREADY_COMMITTED";
      return new WriteError(CODE.failedPrecondition, `${name} is committed already`, { code, entity });
    }
    if (stream.isFinalized) return undefined;
    return new WriteError(CODE.failedPrecondition, `${name} is not finalized`, {
      code: "INVALID_STREAM_STATE",
      entity,
    });
  }

  #stream(name: string, type: StreamType, reference: TableReference): WriteStream {
    return {
      name,
      type,
      reference,
      isDefault: name.endsWith("/_default"),
      createdAtMs: this.#store.clock.nowMs(),
      nextOffset: 0,
      isFinalized: false,
      committedAtMs: undefined,
      pending: [],
    };
  }

  #tableReference(name: string): TableReference {
    const [, projectId, datasetId, tableId] = TABLE_NAME.exec(name) ?? [];
    if (!projectId || !datasetId || !tableId) throw new WriteError(CODE.invalidArgument, `not a table's name: ${name}`);
    const reference = { projectId, datasetId, tableId };
    if (!this.#store.find(reference)) throw tableNotFound(name);
    return reference;
  }
}

function tableNotFound(entity: string): WriteError {
  return new WriteError(CODE.notFound, `no table for ${entity}`, { code: "TABLE_NOT_FOUND", entity });
}

function wrongType({ name }: WriteStream, why: string): WriteError {
  return new WriteError(CODE.invalidArgument, `${why}: ${name}`, { code: "INVALID_STREAM_TYPE", entity: name });
}
