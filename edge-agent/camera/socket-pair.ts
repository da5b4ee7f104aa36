import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type OnReadOpts, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Two connected sockets: `ours` is read here, `theirs` becomes a child's standard output. */
export interface SocketPair {
  readonly ours: Socket;
  readonly theirs: Socket;
}

/**
 * A pair whose reading end fills one given buffer, which Node's own child pipes cannot do: they allocate 64 KiB per read.
 * The name lives in a folder of our own for the moment of connecting.
 */
export async function openSocketPair(onread: OnReadOpts): Promise<SocketPair> {
  const folder = await mkdtemp(join(tmpdir(), "kazoe-"));
  const server = createServer({ pauseOnConnect: true });
  try {
    return await connectThrough(server, join(folder, "s"), onread);
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function connectThrough(server: Server, path: string, onread: OnReadOpts): Promise<SocketPair> {
  server.listen(path);
  await once(server, "listening");
  const ours = connect({ path, onread });
  const [theirs] = await once(server, "connection");
  return { ours, theirs };
}
