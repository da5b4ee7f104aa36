// Plain JavaScript without dependencies. Installs and builds the binding of the camera driver "opencv", once for each Node and OpenCV:
// the npm package with its lockfile, compiled against the OpenCV of this machine. It is no dependency of ours, or every `npm ci` would
// need a compiler and OpenCV.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { cpus, homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const NATIVE = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "edge-agent", "camera", "opencv", "native");
const NPM = process.platform === "win32" ? "npm.cmd" : "npm";
/** What a camera needs. The whole of OpenCV pulls in 90 packages more, windows and 3D among them, and takes three times as long. */
const MODULES = ["core", "imgproc", "imgcodecs", "videoio", "highgui"];
const NEEDED_SOURCES = /"cc\/(?:core|imgproc|io|highgui)\/|"cc\/[A-Za-z0-9]+\.cc"/;
const PACKAGES = "g++ make python3 libopencv-videoio-dev libopencv-highgui-dev";
/** Where a distribution or a build of one's own puts OpenCV 4; the first that has it. */
const INCLUDES = ["/usr/include/opencv4", "/usr/local/include/opencv4", "/opt/homebrew/include/opencv4"];
const LIBRARIES = ["/usr/local/lib", "/opt/homebrew/lib", "/usr/lib64", "/usr/lib"];

// The same place as `firmware-config/kit/home-folder.ts`, one folder for each Node whose modules differ.
const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
const tools = join(resolve(process.env.KAZOE_HOME || join(cache, "kazoe")), "tools");
const target = join(tools, `opencv-node${process.versions.modules}`);
const binding = join(target, "opencv4nodejs.node");

sweep();
const opencv = findOpencv();
const stamp = createHash("sha256")
  .update(readFileSync(join(NATIVE, "package-lock.json")))
  .update(
    `${opencv.version} ${process.arch} ${fileURLToPath(import.meta.url) && readFileSync(fileURLToPath(import.meta.url))}`,
  )
  .digest("hex");

if (isDone()) {
  say(`The opencv driver is ready: OpenCV ${opencv.version} for Node ${process.versions.node}, in ${target}`);
} else {
  build();
  say(
    `Done: OpenCV ${opencv.version} for Node ${process.versions.node}, in ${target}. Use it with "driver: opencv" of a camera.`,
  );
}

/** A build that was killed could not take its folder away: some 50 MB. One that goes on keeps its own. */
function sweep() {
  const names = existsSync(tools) ? readdirSync(tools) : [];
  for (const name of names) {
    const pid = Number(/^opencv-build-(\d+)-/.exec(name)?.[1] ?? process.pid);
    if (!isRunning(pid)) rmSync(join(tools, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

function isDone() {
  const file = join(target, "stamp");
  return existsSync(file) && readFileSync(file, "utf8") === stamp && versionOf(binding) !== undefined;
}

/** Everything is made in a folder beside the target and renamed at the end, so an interrupted build leaves nothing behind that is used. */
function build() {
  needPrograms();
  mkdirSync(tools, { recursive: true });
  const work = mkdtempSync(join(tools, `opencv-build-${process.pid}-`));
  process.on("exit", () => rmSync(work, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(NATIVE, file), join(work, file));

  say("1/3 Installing @u4/opencv4nodejs and its build tools ...");
  run(NPM, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: work });

  say(`2/3 Compiling it against OpenCV ${opencv.version} of ${opencv.include} (some minutes, once) ...`);
  const home = join(work, "node_modules", "@u4", "opencv4nodejs");
  keepNeededSources(join(home, "binding.gyp"));
  compile(home, makeView(join(work, "view")));

  say("3/3 Trying it ...");
  const made = join(work, "made");
  mkdirSync(made);
  cpSync(join(home, "build", "Release", "opencv4nodejs.node"), join(made, "opencv4nodejs.node"));
  cpSync(join(home, "LICENSE"), join(made, "LICENSE"));
  if (versionOf(join(made, "opencv4nodejs.node")) === undefined) fail("It was built, but it does not load.");
  writeFileSync(join(made, "stamp"), stamp);
  rmSync(target, { recursive: true, force: true });
  renameSync(made, target);
}

function compile(home, view) {
  const gyp = join(home, "..", "..", "node-gyp", "bin", "node-gyp.js");
  const env = {
    ...process.env,
    OPENCV4NODEJS_DISABLE_AUTOBUILD: "1",
    OPENCV_INCLUDE_DIR: view.include,
    OPENCV_LIB_DIR: view.lib,
    OPENCV_BIN_DIR: dirname(view.lib),
    // The work is done inside OpenCV; optimising the thin layer above it only takes time.
    CXXFLAGS: `${process.env.CXXFLAGS ?? ""} -O1`,
  };
  // Headers that came with Node; where they did not, node-gyp fetches those of this version from nodejs.org.
  const prefix = join(dirname(process.execPath), "..");
  const nodedir = existsSync(join(prefix, "include", "node", "node.h")) ? ["--nodedir", prefix] : [];
  const jobs = String(Math.max(1, Math.min(cpus().length, 8)));
  run(process.execPath, [gyp, "rebuild", "--release", "--jobs", jobs, "--loglevel", "error", ...nodedir], {
    cwd: home,
    env,
  });
}

/** A view of the installed OpenCV with those modules alone: the binding takes every module that it is shown. */
function makeView(folder) {
  const include = join(folder, "include", "opencv4");
  const lib = join(folder, "lib");
  mkdirSync(join(include, "opencv2"), { recursive: true });
  mkdirSync(lib, { recursive: true });
  for (const module of MODULES) {
    for (const name of [module, `${module}.hpp`])
      symlinkSync(join(opencv.include, "opencv2", name), join(include, "opencv2", name));
    symlinkSync(join(opencv.lib, libraryOf(module)), join(lib, libraryOf(module)));
  }
  const defines = MODULES.map((module) => `#define HAVE_OPENCV_${module.toUpperCase()}\n`);
  writeFileSync(join(include, "opencv2", "opencv_modules.hpp"), defines.join(""));
  return { include, lib };
}

/** The sources of modules that are not shown compile to nothing, but take two seconds each. */
function keepNeededSources(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, lines.filter((line) => !/"cc\/.*\.cc"/.test(line) || NEEDED_SOURCES.test(line)).join("\n"));
}

function findOpencv() {
  const includes = process.env.OPENCV_INCLUDE_DIR ? [process.env.OPENCV_INCLUDE_DIR] : INCLUDES;
  const libraries = process.env.OPENCV_LIB_DIR ? [process.env.OPENCV_LIB_DIR] : [...multiarch(), ...LIBRARIES];
  const include = includes.find((dir) => MODULES.every((module) => existsSync(join(dir, "opencv2", `${module}.hpp`))));
  const lib = libraries.find((dir) => MODULES.every((module) => existsSync(join(dir, libraryOf(module)))));
  if (include === undefined || lib === undefined) lacks("OpenCV 4 with its headers");
  const text = readFileSync(join(include, "opencv2", "core", "version.hpp"), "utf8");
  const part = (name) => new RegExp(`define CV_VERSION_${name} +(\\d+)`).exec(text)?.[1] ?? "?";
  return { include, lib, version: [part("MAJOR"), part("MINOR"), part("REVISION")].join(".") };
}

function multiarch() {
  if (process.platform !== "linux") return [];
  return readdirSync("/usr/lib")
    .filter((name) => name.includes("-linux-gnu"))
    .map((name) => join("/usr/lib", name));
}

function libraryOf(module) {
  return `libopencv_${module}.${process.platform === "darwin" ? "dylib" : "so"}`;
}

function needPrograms() {
  for (const [program, name] of [
    ["g++", "a C++ compiler"],
    ["make", "make"],
    ["python3", "Python 3"],
  ]) {
    if (spawnSync(program, ["--version"], { stdio: "ignore" }).status !== 0) lacks(name);
  }
}

/** OpenCV's version as the built file tells it, asked in a process of its own: a broken one may take its process with it. */
function versionOf(file) {
  const code =
    "const { version: v } = require(process.argv[1]); console.log(v.major + '.' + v.minor + '.' + v.revision)";
  const { status, stdout } = spawnSync(process.execPath, ["-e", code, file], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

function run(program, args, options) {
  const { status, error, stdout } = spawnSync(program, args, {
    ...options,
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 28,
  });
  if (status === 0) return;
  process.stderr.write(stdout?.subarray(-4000) ?? "");
  fail(
    `${program} ${args[0]} failed${error ? `: ${error.message}` : ""}. Nothing was changed; run the same command again.`,
  );
}

function lacks(what) {
  say(`${what} is missing on this machine. On Debian and Ubuntu type:`);
  fail(`  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${PACKAGES}`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
