import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { AddOptions } from "../../../models/add.ts";
import { atMirror, modelAddress, safeAddress } from "../../../models/fetch/address.ts";
import { addFromAddress, type FetchOptions, getModel } from "../../../models/fetch/fetch-model.ts";
import { resolveModel } from "../../../models/registry.ts";
import { sha256Of } from "../../../models/source/integrity.ts";
import { sharedFile } from "../../support/sample.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { runnableYolox } from "../support/made-models.ts";
import { type Answer, giveBytes, serve } from "./file-server.ts";

const MODEL = runnableYolox();
const SHA256 = sha256Of(MODEL);
const NAMES = { name: "mine", licence: "MIT" };
const patience = { silenceMs: 20_000, breaks: 3, pauseMs: 5 };

function options(change: Partial<FetchOptions> = {}): FetchOptions {
  const judge = async () => ({ boxes: "grid" }) as const;
  return { judge, signal: new AbortController().signal, onProgress: () => {}, patience, ...change };
}

async function add(answer: Answer, more: Partial<AddOptions> = {}, change: Partial<FetchOptions> = {}) {
  const modelsDir = await tempDir();
  const server = await serve(answer);
  const run = () =>
    addFromAddress(`${server.origin}/m.onnx?key=secret`, modelsDir, { ...NAMES, ...more }, options(change));
  return { run, modelsDir, ...server };
}

describe("a model at an address", () => {
  it("is fetched, tried and stored with where it came from, without what may be secret; nothing else stays", async () => {
    const seen: unknown[] = [];
    const { run, modelsDir, origin } = await add(giveBytes(MODEL), {}, { onProgress: (...args) => seen.push(args) });
    expect(await run()).toMatchObject({ ...NAMES, sha256: SHA256, source: `${origin}/m.onnx`, boxes: "grid" });
    expect(await resolveModel("mine", modelsDir)).toMatchObject({ sha256: SHA256 });
    expect(seen.at(-1)).toEqual([MODEL.length, MODEL.length]);
    expect(await readdir(join(modelsDir, "fetch"))).toEqual([]);
  });

  it("goes on where a connection broke, as often as something came", async () => {
    const { run, ranges } = await add(giveBytes(MODEL, Math.ceil(MODEL.length / 6)), { sha256: SHA256 });
    expect(await run()).toMatchObject({ sha256: SHA256 });
    expect(ranges[0]).toBeUndefined();
    expect(ranges.length).toBeGreaterThanOrEqual(6);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("goes on where a former command was stopped", async () => {
    const stop = new AbortController();
    const half: Answer = (_, response) => {
      response.writeHead(200, { "content-length": MODEL.length });
      response.write(MODEL.subarray(0, 1000));
    };
    let answer = half;
    const onProgress = () => stop.abort(new Error("stopped"));
    const { run, modelsDir, ranges, origin } = await add(
      (...args) => answer(...args),
      {},
      { signal: stop.signal, onProgress },
    );
    await expect(run()).rejects.toThrow("stopped");
    answer = giveBytes(MODEL);
    await addFromAddress(`${origin}/m.onnx?key=secret`, modelsDir, NAMES, options());
    expect(ranges).toEqual([undefined, "bytes=1000-"]);
  });

  it("begins anew with a server that gives no parts, or another part than asked for", async () => {
    for (const status of [200, 206]) {
      const { run } = await add((request, response, count) => {
        if (count === 1) return giveBytes(MODEL, 500)(request, response, count);
        const head = status === 206 && request.headers.range !== undefined;
        response.writeHead(
          head ? 206 : 200,
          head ? { "content-range": `bytes 7-${MODEL.length - 1}/${MODEL.length}` } : {},
        );
        response.end(MODEL);
      });
      expect(await run()).toMatchObject({ sha256: SHA256 });
    }
  });

  it("is waited for while a server is busy or silent, and not for ever", async () => {
    const busy = await add((request, response, count) =>
      count < 3 ? void response.writeHead(503).end() : giveBytes(MODEL)(request, response, count),
    );
    expect(await busy.run()).toMatchObject({ sha256: SHA256 });
    const silent = await add(() => {}, {}, { patience: { ...patience, silenceMs: 300 } });
    await expect(silent.run()).rejects.toMatchObject({
      code: "MODEL_FETCH_FAILED",
      message: expect.stringContaining("nothing came"),
    });
    expect(silent.ranges).toHaveLength(3);
  });

  it.each([
    ["a web page", (_, response) => void response.end("<!DOCTYPE html><title>Sign in</title>"), /a web page/],
    ["another file", giveBytes(runnableYolox({ boxes: "pixels" })), /another file \(SHA-256 [0-9a-f]{64}\)/],
    ["nothing there", (_, response) => void response.writeHead(404).end("no"), /the server answers 404/],
    [
      "far too long",
      (_, response) => void response.writeHead(200, { "content-length": 1e12 }).write("x"),
      /longer than/,
    ],
  ] as readonly (readonly [string, Answer, RegExp])[])(
    "that is %s is refused, and nothing stays",
    async (_, answer, message) => {
      const { run, modelsDir } = await add(answer, { sha256: SHA256 });
      const failure = await run().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "MODEL_FETCH_FAILED", message: expect.stringMatching(message) });
      expect(String((failure as Error).message)).not.toContain("secret");
      await expect(resolveModel("mine", modelsDir)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    },
  );

  it("that never ends is cut off at the most that a model can have", async () => {
    const { run, modelsDir } = await add((_, response) => {
      const chunk = Buffer.alloc(1 << 20);
      // Until the client has gone: a loop that goes on takes a core from all suites after this one.
      const more = () => !response.destroyed && response.write(chunk, () => setImmediate(more));
      more();
    });
    await expect(run()).rejects.toMatchObject({
      code: "MODEL_FETCH_FAILED",
      message: expect.stringContaining("longer than"),
    });
    const [folder = ""] = await readdir(join(modelsDir, "fetch"));
    expect((await stat(join(modelsDir, "fetch", folder, "model.part"))).size).toBe(0);
  });

  it.each([
    ["a part where the whole was asked for", 206],
    ["that there is no such part", 416],
  ])("is given up when a server always says %s", async (_, status) => {
    const { run, ranges } = await add((_request, response) => {
      response.writeHead(status, { "content-range": "bytes 5-10/11" }).end(status === 206 ? "123456" : "");
    });
    await expect(run()).rejects.toMatchObject({
      code: "MODEL_FETCH_FAILED",
      message: expect.stringContaining(`answers ${status}`),
    });
    expect(ranges).toHaveLength(1);
  });

  it("leaves nothing of what is no model, so that the same command can find the model there later", async () => {
    let answer: Answer = (_, response) => void response.end("<!DOCTYPE html><title>Sign in</title>");
    const { run, ranges } = await add((...args) => answer(...args));
    await expect(run()).rejects.toMatchObject({ code: "MODEL_INVALID" });
    answer = giveBytes(MODEL);
    expect(await run()).toMatchObject({ sha256: SHA256 });
    expect(ranges).toEqual([undefined, undefined]);
  });

  it("is fetched by one process at a time", async () => {
    const { run } = await add(
      (request, response, count) => void setTimeout(() => giveBytes(MODEL)(request, response, count), 100),
    );
    const both = await Promise.allSettled([run(), run()]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((one) => one.status === "rejected")).toMatchObject({ reason: { code: "STORE_LOCKED" } });
  });

  it("goes through the proxy that the environment names, and round it where that says so", async () => {
    const asked: string[] = [];
    const proxy = createServer((socket) => {
      socket.once("data", (head) => {
        asked.push(String(head).split("\r\n")[0] ?? "");
        const [host = "", port] = (/^CONNECT (\S+)/.exec(String(head))?.[1] ?? "").split(":");
        const through = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
        socket.pipe(through).pipe(socket);
        for (const end of [socket, through]) end.on("error", () => {});
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void proxy.close());
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    const { run, origin } = await add(giveBytes(MODEL));
    await run();
    expect(asked).toEqual([`CONNECT ${new URL(origin).host} HTTP/1.1`]);
    vi.stubEnv("NO_PROXY", "127.0.0.1");
    await (await add(giveBytes(MODEL))).run();
    expect(asked).toHaveLength(1);
  });

  it("must be encrypted, or pinned, or of this machine, where redirects end too", async () => {
    expect(() => modelAddress("http://models.example.com/m.onnx", { isPinned: false })).toThrow("not encrypted");
    expect(modelAddress("http://models.example.com/m.onnx", { isPinned: true }).host).toBe("models.example.com");
    expect(() => modelAddress("ftp://models.example.com/m.onnx", { isPinned: true })).toThrow("no address of a model");
    expect(safeAddress("https://me:pass@models.example.com/a/m.onnx?token=x#y")).toBe(
      "https://models.example.com/a/m.onnx",
    );
    expect(atMirror("https://a.example.com/b/m.onnx", "https://c.example.com/d/?key=1")).toBe(
      "https://c.example.com/d/m.onnx?key=1",
    );
    expect(() => atMirror("https://a.example.com/m.onnx", "/srv/models")).toThrow("no address of a mirror");
  });
});

describe("the catalogue", () => {
  it("suggests a name, and refuses a file at a mirror that is not the publisher's", async () => {
    const modelsDir = await tempDir();
    await expect(getModel("yolox-nanno", modelsDir, options())).rejects.toMatchObject({
      code: "MODEL_NOT_FOUND",
      hint: expect.stringContaining("yolox-nano"),
    });
    const { origin } = await serve(giveBytes(MODEL));
    const failure = await getModel("yolox-nano", modelsDir, options({ mirror: origin })).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "MODEL_FETCH_FAILED", message: expect.stringContaining("another file") });
  });

  const file = sharedFile("model", "yolox_nano.onnx");
  it.skipIf(file === undefined)("gives the real model, once: the second time nothing is asked", async () => {
    const bytes = await readFile(file ?? "");
    const modelsDir = await tempDir();
    const { origin, ranges } = await serve((request, response, count) =>
      request.url === "/models/yolox_nano.onnx"
        ? giveBytes(bytes)(request, response, count)
        : void response.writeHead(404).end(),
    );
    const mirror = `${origin}/models/`;
    const got = await getModel("yolox-nano", modelsDir, options({ mirror }));
    expect(got).toMatchObject({ name: "yolox-nano", licence: "Apache-2.0", inputWidth: 416, sha256: sha256Of(bytes) });
    expect(await getModel("yolox-nano", modelsDir, options({ mirror }))).toMatchObject({ sha256: sha256Of(bytes) });
    expect(ranges).toEqual([undefined]);
    await writeFile(got.path, "damaged");
    await getModel("yolox-nano", modelsDir, options({ mirror }));
    expect(ranges).toHaveLength(2);
  });
});
