import { describe, expect, it } from "vitest";
import type { DetectorModel } from "../../../edge-agent/detector/model.ts";
import { createSlot } from "../../../edge-agent/detector/session-protocol.ts";
import { SessionThread } from "../../../edge-agent/detector/session-thread.ts";
import { workerUrl } from "../../../edge-agent/detector/worker-url.ts";

const MODEL: DetectorModel = { path: "none.onnx", family: "ssd", inputWidth: 8, inputHeight: 4 };
const READY = 'import { parentPort } from "node:worker_threads"; parentPort.postMessage({ kind: "ready" });';

/** A thread that runs `code` instead of the model, with one slot. */
function threadOf(code: string): SessionThread {
  const setup = { model: MODEL, settings: { threads: 1, minScore: 0.1, nmsIou: 0.6 }, slots: [createSlot(MODEL)] };
  return new SessionThread(setup, new URL(`data:text/javascript,${encodeURIComponent(code)}`));
}

describe("SessionThread", () => {
  it.each([
    { name: "breaks", code: 'throw new Error("no memory")' },
    { name: "ends", code: "process.exit(1)" },
  ])("a worker that $name at its start", async ({ code }) => {
    const thread = threadOf(code);
    await expect(thread.ready()).rejects.toMatchObject({ code: "INTERNAL" });
    await thread.close();
  });

  it.each([
    { name: "breaks", code: 'throw new Error("no memory")', cause: "no memory" },
    { name: "ends", code: "process.exit(1)", cause: undefined },
  ])(
    "a worker that $name in a call: everybody who waits, and who comes later, learns of it",
    async ({ code, cause }) => {
      const thread = threadOf(`${READY} parentPort.on("message", () => { ${code} });`);
      await thread.ready();
      const slot = await thread.claim();
      const calls = [thread.call({ kind: "detect", slot }), thread.claim()];
      for (const result of await Promise.allSettled(calls)) {
        expect(result).toMatchObject({ status: "rejected", reason: { code: "INTERNAL" } });
        if (cause !== undefined) expect(result).toMatchObject({ reason: { cause: { message: cause } } });
      }
      await expect(thread.claim()).rejects.toMatchObject({ code: "INTERNAL" });
      await thread.close();
    },
  );

  it("a run that fails fails its call alone", async () => {
    const fail = 'parentPort.postMessage({ kind: "failed", slot: 0, reason: "bad input" })';
    const thread = threadOf(`${READY} parentPort.on("message", (m) => m.kind === "close" ? process.exit() : ${fail});`);
    await thread.ready();
    const slot = await thread.claim();
    await expect(thread.call({ kind: "detect", slot })).rejects.toMatchObject({ cause: { message: "bad input" } });
    thread.giveBack(slot);
    expect(await thread.claim()).toBe(slot);
    thread.giveBack(slot);
    await thread.close();
  });
});

describe("workerUrl", () => {
  it("is in dist when run from source, beside the caller when compiled", () => {
    const source = new URL("../../../edge-agent/detector/onnx-detector.ts", import.meta.url);
    const compiled = new URL("../../../dist/edge-agent/detector/onnx-detector.js", import.meta.url);
    expect(workerUrl(source.href).href).toBe(workerUrl(compiled.href).href);
  });

  it("says what to type when it was not built", () => {
    expect(() => workerUrl("file:///nowhere/a/b/c.ts")).toThrowError(
      expect.objectContaining({ hint: "Type: npm run build" }),
    );
  });
});
