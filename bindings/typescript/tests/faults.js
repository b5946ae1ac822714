// Servers that fail on purpose: a proxy before the real service, and a language model that takes its time.

import { createServer, request as send } from "node:http";

/**
 * What a proxy does with a request instead of passing it on.
 *
 * - `status`: answers with it itself
 * - `reset`: closes the connection; the service never sees the request
 * - `lose`: passes it on, and closes the connection once the service has answered
 * - `leave`: passes it on, and closes the connection while the service is at work
 * - `cut`: passes on so many bytes of the response's body, and breaks off
 * - `end`: passes on so many bytes of the response's body, and ends it as if that were all
 * - `hang`: says nothing
 *
 * @typedef {{ kind: "status", status: number, headers?: Record<string, string>, body?: string }
 *   | { kind: "reset" | "lose" | "leave" | "hang" } | { kind: "cut" | "end", bytes: number }} Fault
 */

/** Listens on a port of this machine, a free one where none is named. */
async function listen(server, port = 0) {
  await new Promise((done) => server.listen(port, "127.0.0.1", () => done(undefined)));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { address: `http://127.0.0.1:${server.address().port}`, close };
}

/**
 * Starts a proxy before a service. `faults` are used up one by one, a request each; `seen` are the requests.
 *
 * @param {string} service
 * @param {number} [port]
 */
export async function proxy(service, port) {
  const faults = /** @type {Fault[]} */ ([]);
  const seen = /** @type {{ method: string, path: string, headers: import("node:http").IncomingHttpHeaders, at: number, isClosed: boolean }[]} */ ([]);
  const server = createServer(async (incoming, outgoing) => {
    const { method = "", url: path = "", headers } = incoming;
    const entry = { method, path, headers, at: Date.now(), isClosed: false };
    seen.push(entry);
    outgoing.on("close", () => (entry.isClosed = true));
    const fault = faults.shift();
    if (fault?.kind === "hang") return;
    if (fault?.kind === "reset") return incoming.socket.destroy();
    if (fault?.kind === "status") {
      incoming.resume();
      outgoing.writeHead(fault.status, { "content-type": "application/problem+json", ...fault.headers });
      return outgoing.end(fault.body ?? JSON.stringify({ status: fault.status, code: "made_up", detail: "a test's", title: "" }));
    }
    const onward = send(service + path, { method, headers: { ...headers, host: new URL(service).host } }, (answer) => {
      if (fault?.kind === "lose") {
        answer.resume().on("end", () => incoming.socket.destroy());
      } else if (fault?.kind === "cut") {
        let left = fault.bytes;
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.on("data", (chunk) => {
          if (left > 0) outgoing.write(chunk.subarray(0, left));
          left -= chunk.length;
          if (left <= 0) setTimeout(() => incoming.socket.destroy(), 50);
        });
      } else if (fault?.kind === "end") {
        const { "content-length": _, ...rest } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 0, rest);
        let left = fault.bytes;
        answer.on("data", (chunk) => {
          if (left > 0) outgoing.write(chunk.subarray(0, left));
          left -= chunk.length;
          if (left <= 0) outgoing.end();
        });
        answer.on("end", () => outgoing.end());
      } else if (!outgoing.destroyed) {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.on("error", () => outgoing.destroy()).pipe(outgoing);
      }
    });
    onward.on("error", () => incoming.socket.destroy());
    // Whoever goes away is gone for the service, too, unless that is the fault.
    outgoing.on("close", () => fault?.kind !== "leave" && fault?.kind !== "lose" && onward.destroy());
    incoming.pipe(onward);
    if (fault?.kind === "leave") incoming.on("end", () => setTimeout(() => incoming.socket.destroy(), 300));
  });
  return { faults, seen, ...(await listen(server, port)) };
}

/** Starts a language model that refuses each request after so many milliseconds, and counts them. */
export async function slowModel(/** @type {number} */ milliseconds) {
  const model = { calls: 0, milliseconds };
  const server = createServer((incoming, outgoing) => {
    model.calls += 1;
    incoming.resume();
    setTimeout(() => {
      outgoing.writeHead(400, { "content-type": "application/json" });
      outgoing.end('{"error": {"message": "no"}}');
    }, model.milliseconds);
  });
  const { address, close } = await listen(server);
  const environment = { OPENAI_BASE_URL: `${address}/v1`, OPENAI_API_KEY: "a-tests-own" };
  return Object.assign(model, { close, environment });
}
