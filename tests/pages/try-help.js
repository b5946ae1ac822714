// What the tests of "Try it" need beside the page: the grade that was kept, and a model of their own.

import { once } from "node:events";
import { createServer } from "node:http";

/**
 * The grade that was kept last, with what was sent.
 *
 * @param {{address: string}} service
 */
export async function latest({ address }) {
  const ask = async (/** @type {string} */ path) => (await fetch(`${address}${path}`)).json();
  const [last] = (await ask("/v1/grades?limit=1")).grades;
  return last && { id: last.id, ...(await ask(`/v1/grades/${last.id}?include=reference_answers`)) };
}

/**
 * A server that speaks as OpenAI does. It takes the first sentence of an answer for the first concept and the second
 * one for the first misconception; to SLOW it never answers, and to BROKEN it says that the key is wrong.
 */
export async function pretendModel() {
  /** @type {() => void} */
  let tell = () => {};
  const asked = new Promise((/** @type {(value: void) => void} */ done) => (tell = done));
  /** @type {string[]} */
  const models = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const send = (/** @type {number} */ status, /** @type {unknown} */ body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.method !== "POST") return send(404, {});
    const { model, messages, response_format: form } = JSON.parse(text);
    models.push(model);
    const all = JSON.stringify(messages);
    if (all.includes("SLOW")) return tell();
    if (all.includes("BROKEN")) return send(401, { error: { message: "no", type: "invalid_request_error", code: "invalid_api_key" } });
    const parts = form.json_schema.schema.properties;
    const every = (/** @type {any} */ part, /** @type {(key: string) => unknown} */ one) =>
      Object.fromEntries(Object.keys(part?.properties ?? {}).map((key) => [key, one(key)]));
    const reply = {
      concepts: every(parts.concepts, (key) =>
        key === "c1" ? { quote: "Signals notify decoupled parts of a project", verdict: "covered" } : { quote: "", verdict: "missing" },
      ),
      ...(parts.misconceptions
        ? {
            misconceptions: every(parts.misconceptions, (key) =>
              key === "m1" ? { quote: "Receivers run asynchronously in the background", asserted: true } : { quote: "", asserted: false },
            ),
          }
        : {}),
      overall: 90,
      feedback: "Well begun.",
    };
    return send(200, {
      id: "x",
      model: "pretended-1",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: JSON.stringify(reply) } }],
      usage: { prompt_tokens: 120, completion_tokens: 40, total_tokens: 160 },
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  // By name: the harness takes the first address in figures that the service's log has for the service's own.
  return { url: `http://localhost:${port}/v1`, asked, models, close: () => (server.closeAllConnections(), server.close()) };
}
