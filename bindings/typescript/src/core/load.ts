import init from "./module/core.js";

/** An address, bytes (compressed or not), or a compiled module (a `WebAssembly.Module`). */
export type ModuleSource = string | URL | ArrayBuffer | ArrayBufferView | object;

const beside = () => new URL("./module/core.wasm.gz", import.meta.url);

let loading: Promise<unknown> | undefined;

/** Loads the module once; a failure is not kept. */
export function load(source: ModuleSource = beside()): Promise<unknown> {
  loading ??= (async () => {
    const found = typeof source === "string" || source instanceof URL ? await bytesAt(new URL(source, baseUrl())) : source;
    const module = isBytes(found) ? await WebAssembly.compile(await unpacked(found)) : found;
    // What is started and is another module's could not be replaced any more.
    const isOurs = module instanceof WebAssembly.Module && WebAssembly.Module.exports(module).some(({ name }) => name === "task_new");
    if (!isOurs) throw new TypeError("this is not the WebAssembly module of answer-grader/core");
    return init({ module_or_path: module });
  })();
  loading.catch(() => (loading = undefined));
  return loading;
}

/** What a relative address begins at: the page's or the worker's, in a browser. */
function baseUrl(): string {
  return globalThis.document?.baseURI ?? globalThis.location?.href ?? import.meta.url;
}

function isBytes(source: ModuleSource): source is ArrayBuffer | ArrayBufferView {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}

/** What Node's `fetch` does not read. By a name that bundlers for browsers do not look for: it is never reached there. */
const FILES = "node:fs/promises";

async function bytesAt(address: URL): Promise<ArrayBuffer | ArrayBufferView> {
  if (address.protocol === "file:") {
    const { readFile } = (await import(/* webpackIgnore: true */ /* @vite-ignore */ FILES)) as {
      readFile(address: URL): Promise<Uint8Array>;
    };
    return readFile(address);
  }
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.pathname} of answer-grader/core: HTTP status ${response.status}`);
  return response.arrayBuffer();
}

/** Some servers say of a file that ends in .gz that it is encoded so, and the browser has unpacked it by then. */
async function unpacked(source: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const body = new Response(bytes as BodyInit).body!;
  const plain = compressed ? body.pipeThrough(new DecompressionStream("gzip")) : body;
  return new Response(plain).arrayBuffer();
}
