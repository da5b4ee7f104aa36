import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "../processes.ts";

const PACKAGE = "google-cloud-cli-pubsub-emulator";
const READY = "Server started";

/** Where Google's own emulator lies; undefined where its package (from Google's apt repository) or a Java is not installed. */
export function emulatorJar(): string | undefined {
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    const files = execFileSync("dpkg", ["-L", PACKAGE], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return files.split("\n").find((file) => file.endsWith("all.jar"));
  } catch {
    return undefined;
  }
}

/** Google's own Pub/Sub emulator as a process of its own. */
export class PubSubEmulator {
  readonly endpoint: string;
  readonly #child: ChildProcess;

  private constructor(endpoint: string, child: ChildProcess) {
    this.endpoint = endpoint;
    this.#child = child;
  }

  static async start(jar: string): Promise<PubSubEmulator> {
    const port = await freePort();
    const child = spawn("java", ["-Xmx256m", "-jar", jar, "--host=127.0.0.1", `--port=${port}`]);
    await said(child, READY);
    return new PubSubEmulator(`127.0.0.1:${port}`, child);
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}

function said(child: ChildProcess, text: string): Promise<void> {
  let told = "";
  return new Promise((resolve, reject) => {
    const note = (piece: Buffer) => {
      told = (told + piece.toString()).slice(-10_000);
      if (told.includes(text)) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", note);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`The emulator ended: ${told}`)));
  });
}
