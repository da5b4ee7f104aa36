import type { Socket } from "node:net";
import { createInterface } from "node:readline";

/** The lines that come; they end with the connection, however it ends. */
export function linesOf(socket: Socket): AsyncIterable<string> {
  const lines = createInterface({ input: socket });
  // The end of the lines tells the reader; without a listener an error would end the process.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => lines.close());
  return lines;
}
