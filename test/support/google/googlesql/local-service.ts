import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

/** What the service takes and gives are pointers into its memory. */
interface ServiceExports {
  readonly memory: WebAssembly.Memory;
  wasm_malloc(bytes: number): number;
  wasm_free(pointer: number): void;
  wasm_get_last_error(): number;
  wasm_get_last_error_size(): number;
}

type Method = (request: number, bytes: number, answerBytes: number) => number;

const PREFIX = "ZetaSqlLocalService_";
const POINTER_BYTES = 4;
const STATUS = /^Code: \d+, Message: /;

/** Google's parser and analyzer of SQL, as WebAssembly in this process; all it is given of the machine are the time zones. */
export class LocalService {
  readonly #exports: WebAssembly.Exports & ServiceExports;

  private constructor(exports: WebAssembly.Exports & ServiceExports) {
    this.#exports = exports;
  }

  static async load({ wasm, zones }: { readonly wasm: string; readonly zones: string }): Promise<LocalService> {
    const wasi = new WASI({ version: "preview1", preopens: { "/usr/share/zoneinfo": zones } });
    const module = await WebAssembly.compile(await readFile(wasm));
    const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
    wasi.initialize(instance);
    const { exports } = instance;
    if (!isService(exports)) throw new Error(`${wasm} is no ZetaSQL local service`);
    return new LocalService(exports);
  }

  /** The answer's bytes; throws with the service's own words. */
  call(method: string, request: Uint8Array): Uint8Array {
    const { wasm_malloc: allocate, wasm_free: free } = this.#exports;
    const [pointer, answerBytes] = [allocate(request.length), allocate(POINTER_BYTES)];
    try {
      this.#bytes(pointer, request.length).set(request);
      const answer = this.#method(method)(pointer, request.length, answerBytes);
      if (answer === 0) throw new Error(this.#lastError());
      const view = new DataView(this.#exports.memory.buffer);
      const copy = this.#bytes(answer, view.getUint32(answerBytes, true)).slice();
      free(answer);
      return copy;
    } finally {
      free(pointer);
      free(answerBytes);
    }
  }

  #method(name: string): Method {
    const method = this.#exports[PREFIX + name];
    if (typeof method !== "function") throw new Error(`The local service has no ${name}`);
    return (...args) => Number(method(...args));
  }

  #lastError(): string {
    const { wasm_get_last_error: text, wasm_get_last_error_size: bytes } = this.#exports;
    return new TextDecoder().decode(this.#bytes(text(), bytes())).replace(STATUS, "");
  }

  #bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, pointer, length);
  }
}

function isService(exports: WebAssembly.Exports): exports is WebAssembly.Exports & ServiceExports {
  return exports.memory instanceof WebAssembly.Memory && typeof exports.wasm_malloc === "function";
}
