// Plain JavaScript without dependencies: it runs on a bare clone and brings everything else about.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const STAMPS = join(ROOT, "node_modules", ".cache", "kazoe");
const SOURCES = ["edge-agent", "cloud-ingest", "models", "firmware-config", "deploy", join("test", "bench")];
const KAZOE = join(ROOT, "dist", "deploy", "cli", "kazoe.js");
const NPM = process.platform === "win32" ? "npm.cmd" : "npm";
const OLDEST_NODE = [20, 19];
/** StrykerJS 10 needs 22, its configuration in TypeScript 24. */
const NODE_OF_MUTATE = 24;
const READER_GONE = 141;

process.stderr.on("error", () => {});

const [command = "help", ...rest] = process.argv.slice(2);

const COMMANDS = {
  build: () => 0,
  demo: () => serve(KAZOE, ["demo", ...rest]),
  kazoe: () => serve(KAZOE, rest),
  test: () => tool("vitest", ["run", ...rest]),
  generate: () => node(join(ROOT, "dist", "deploy", "generate", "generate.js"), rest),
  package: () => run(NPM, ["pack", "--loglevel=error", ...rest]),
  bench: () => serve(join(ROOT, "dist", "test", "bench", "main.js"), rest),
  mutate: () => mutate(),
  verify: () => verify(),
  check: () => inTurn([verify, COMMANDS.test]),
};

checkNode();
if (!(command in COMMANDS)) fail(`Unknown command "${command}". Known: ${Object.keys(COMMANDS).join(", ")}`);
install();
build();
process.exit(await COMMANDS[command]());

function verify() {
  return inTurn([
    () => tool("biome", ["check", "--error-on-warnings", "."]),
    () => tool("tsc", ["--noEmit"]),
    () => node(join(ROOT, "dist", "deploy", "generate", "generate.js"), ["--check"]),
  ]);
}

/** Changes the code that counts, delivers and stores, piece by piece, and sees whether a test notices. Hours; on demand. */
function mutate() {
  const home = join("test", "mutate");
  const [group = ""] = rest;
  if (Number(process.versions.node.split(".")[0]) < NODE_OF_MUTATE) {
    fail(`The mutation run needs Node.js ${NODE_OF_MUTATE} or later; this is ${process.versions.node}.`);
  }
  process.env.KAZOE_MUTATE = group;
  const tools = join(home, "tools");
  const lock = hash([readFileSync(join(ROOT, tools, "package-lock.json"))]);
  if (!stamped("mutate", lock)) {
    if (run(NPM, ["ci", "--loglevel=error", "--prefix", tools]) !== 0) fail("npm ci failed for the mutation run.");
    stamp("mutate", lock);
  }
  const stryker = join(tools, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
  return inTurn([
    () => node(join(ROOT, stryker), ["run", join(home, "stryker.config.mjs")]),
    () => node(join(ROOT, home, "score.ts"), []),
  ]);
}

function inTurn(steps) {
  for (const step of steps) {
    const status = step();
    if (status !== 0) return status;
  }
  return 0;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const old = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (old) fail(`Kazoe needs Node.js ${OLDEST_NODE.join(".")} or later; this is ${process.versions.node}.`);
}

/** Installs the locked dependencies unless they are there; the stamp is written last, so an interrupted install runs again. */
function install() {
  const lock = hash([readFileSync(join(ROOT, "package-lock.json"))]);
  if (stamped("install", lock)) return;
  say("Installing dependencies (once) ...");
  const status = run(NPM, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (status !== 0)
    fail("npm ci failed. Is the npm registry reachable? Run the same command again: it goes on where it stopped.");
  stamp("install", lock);
}

/** Compiles to dist/ unless the sources are those of the last build. */
function build() {
  const files = [...SOURCES.flatMap((folder) => listFiles(join(ROOT, folder))), join(ROOT, "tsconfig.json")];
  const sources = hash(files.sort().flatMap((file) => [file, readFileSync(file)]));
  if (existsSync(KAZOE) && stamped("build", sources)) return;
  say("Building ...");
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  rmSync(join(STAMPS, "tsbuildinfo.build"), { force: true });
  if (tool("tsc", ["-p", join("deploy", "tsconfig.build.json")]) !== 0) fail("The TypeScript sources do not compile.");
  stamp("build", sources);
}

function listFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => /\.(ts|json)$/.test(file) && statSync(file).isFile());
}

function stamped(name, value) {
  const file = join(STAMPS, `${name}.stamp`);
  return existsSync(file) && readFileSync(file, "utf8") === value;
}

function stamp(name, value) {
  const file = join(STAMPS, `${name}.stamp`);
  try {
    mkdirSync(STAMPS, { recursive: true });
    writeFileSync(`${file}.new`, value);
    renameSync(`${file}.new`, file);
  } catch (error) {
    fail(`Cannot write ${file}: ${error.message}`);
  }
}

function hash(parts) {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
}

function tool(name, args) {
  return run(join(ROOT, "node_modules", ".bin", name), args);
}

function node(file, args) {
  return run(process.execPath, [file, ...args]);
}

/** Runs a script from where the user stands; it stops in order on Ctrl-C, which reaches it itself, and on SIGTERM, passed on. */
function serve(file, args) {
  const child = spawn(process.execPath, [file, ...args], { cwd: process.env.INIT_CWD ?? ROOT, stdio: "inherit" });
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve) => {
    // Its reader has left, as in "| head -1": npm would print a page about an exit code other than 0.
    child.on("exit", (code) => resolve(code === READER_GONE ? 0 : (code ?? 1)));
  });
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: "inherit" });
  if (error) fail(`Cannot run ${program}: ${error.message}`);
  return status ?? 1;
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
