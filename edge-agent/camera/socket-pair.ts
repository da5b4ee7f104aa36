import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type OnReadOpts, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";

/** Two connected sockets: `ours` is read here, `theirs` becomes a child's standard output. */
export interface SocketPair {
  readonly ours: Socket;
  readonly theirs: Socket;
}

/** A socket's name takes 103 bytes on macOS and 107 on Linux, `/kazoe-XXXXXX/s` among them. */
const LONGEST_FOLDER_BYTES = 88;

/**
 * A pair whose reading end fills one given buffer, which Node's own child pipes cannot do: they allocate 64 KiB per read.
 * The name lives in a folder of our own for the moment of connecting. Throws a retryable `AppError` when there is no room.
 */
export async function openSocketPair(onread: OnReadOpts): Promise<SocketPair> {
  const parent = Buffer.byteLength(tmpdir()) > LONGEST_FOLDER_BYTES ? "/tmp" : tmpdir();
  try {
    const folder = await mkdtemp(join(parent, "kazoe-"));
    try {
      return await connectAt(join(folder, "s"), onread);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (cause) {
    throw noPair(parent, cause);
  }
}

async function connectAt(path: string, onread: OnReadOpts): Promise<SocketPair> {
  const server = createServer({ pauseOnConnect: true });
  try {
    server.listen(path);
    await once(server, "listening");
    return await connectThrough(server, connect({ path, onread }));
  } finally {
    server.close();
  }
}

async function connectThrough(server: Server, ours: Socket): Promise<SocketPair> {
  try {
    const [[theirs]] = await Promise.all([once(server, "connection"), once(ours, "connect")]);
    return { ours, theirs };
  } catch (error) {
    ours.destroy();
    throw error;
  }
}

function noPair(folder: string, cause: unknown): AppError {
  const isFull = /^(ENOSPC|EDQUOT)$/.test(systemCodeOf(cause) ?? "");
  return new AppError(`${folder}: no socket to a reader can be made here (${messageOf(cause)})`, {
    code: isFull ? "DISK_FULL" : "DISK_UNWRITABLE",
    hint: "Make room in the temporary folder, or name another one in TMPDIR.",
    cause,
    retryable: true,
  });
}
