// The web component on a page of another origin, under a strict policy, and in a sandboxed frame.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, beforeEach, test } from "node:test";
import { axe, browserTests } from "./harness.js";

const shared = browserTests();

/** Another site: its pages load the component from the service, and nothing else from anywhere. */
/** @type {import("node:http").Server} */
let site;
let origin = "";
/** @type {(origins: string[], more?: object) => Promise<string>} */
let token;

// Before the first test, when the service runs: `before` would not wait for it.
beforeEach(async () => {
  if (origin !== "") return;
  const { address } = shared.service;
  token = async (origins, more = {}) => {
    const made = await fetch(`${address}/v1/embed-tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ bank: "django", origins, feedback: "full", grades: 3, ...more }),
    });
    assert.equal(made.status, 201, await made.clone().text());
    return (await made.json()).token;
  };
  site = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://site");
    const policy = `default-src 'none'; script-src ${address}; connect-src ${address}; frame-src 'self'; base-uri 'none'`;
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy });
    const element = `<answer-grader question-id="django/signals" endpoint="${address}${searchParams.get("path") ?? ""}" token="${searchParams.get("token")}"></answer-grader>`;
    const page =
      pathname === "/frame"
        ? `<h1>Frame</h1><iframe title="Question" sandbox="allow-scripts" width="600" height="500" src="/?token=${searchParams.get("token")}"></iframe>`
        : `<h1>A school</h1><script src="${address}/embed.js"></script>${element}`;
    response.end(`<!doctype html><html lang="en"><title>School</title><main>${page}</main></html>`);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (site.address());
  // Another host name than the service's, so another site.
  origin = `http://localhost:${port}`;
});

after(() => {
  site?.closeAllConnections();
  site?.close();
});

const ANSWER = "A signal lets a sender notify receivers that something happened. 🙂 <b>bold</b>";

/** Notes what the page is told. */
async function listen() {
  await shared.page.addInitScript(() => {
    Object.assign(globalThis, { told: [] });
    for (const name of ["graded", "error"]) {
      addEventListener(name, (event) => /** @type {any} */ (globalThis).told.push([name, /** @type {CustomEvent} */ (event).detail]));
    }
  });
}

/** @returns {Promise<[string, any][]>} */
const events = () => shared.page.evaluate(() => /** @type {any} */ (globalThis).told);

/** Holds what is sent to addresses that end so, until it is let go. */
async function hold(/** @type {string} */ ending) {
  let release = () => {};
  /** @type {Promise<void>} */
  const released = new Promise((done) => (release = done));
  let arrived = () => {};
  /** @type {Promise<void>} */
  const came = new Promise((done) => (arrived = done));
  await shared.page.route(`**${ending}`, async (/** @type {import("playwright-core").Route} */ route) => {
    arrived();
    await released;
    // The page may have given it up meanwhile.
    await route.continue().catch(() => {});
  });
  return { came, release };
}

const set = (/** @type {string} */ name, /** @type {string} */ value) =>
  shared.page.locator("answer-grader").evaluate((/** @type {Element} */ element, /** @type {string[]} */ [name, value]) => element.setAttribute(name, value), [name, value]);

/** What the element shows: its question, its state, and whether an answer can be sent. */
const shown = () =>
  shared.page.locator("answer-grader").evaluate((/** @type {Element} */ element) => {
    const root = /** @type {ShadowRoot} */ (element.shadowRoot);
    const button = /** @type {HTMLButtonElement} */ (root.querySelector("button"));
    return { question: root.querySelector("label")?.textContent, state: root.querySelector(".state")?.textContent, ready: !button.disabled };
  });

/** What the harness says of any request to another address than the service's, as the site's pages are. */
const ANOTHER_SITE = /^request: http:\/\/localhost/;

/** Opens the site's page with a token that is good there. */
async function visit(more = {}, path = "/?") {
  shared.expectErrors(ANOTHER_SITE);
  await shared.page.goto(`${origin}${path}token=${await token([origin], more)}`);
}

const field = () => shared.page.getByLabel(/signals/);
const submit = () => shared.page.getByRole("button", { name: "Submit" }).click();
const says = (/** @type {string | RegExp} */ text) => shared.page.getByRole("status").getByText(text).waitFor();
const move = () =>
  shared.page.locator("answer-grader").evaluate((/** @type {Element} */ element) => document.body.append(element));

test("a question is answered on another site's page, and the page is told", async () => {
  const { page } = shared;
  await listen();
  await visit();
  await field().fill(ANSWER);
  await submit();
  await says(/mentions \d of 8 ideas/);
  const told = await events();
  assert.equal(told.length, 1);
  assert.equal(told[0][0], "graded");
  assert.ok(told[0][1].score > 0);
  assert.equal(told[0][1].question_id, "django/signals");
  await axe(page);
});

test("below full feedback nothing of the key is on the page", async () => {
  const { page } = shared;
  await visit({ feedback: "hint" });
  await field().fill(ANSWER);
  await submit();
  await says(/mentions \d of 8 ideas/);
  assert.equal(await page.locator("answer-grader li").count(), 0);
});

test("it works in a sandboxed frame, whose origin has no name", async () => {
  const { page } = shared;
  shared.expectErrors(ANOTHER_SITE);
  await page.goto(`${origin}/frame?token=${await token(["null"])}`);
  const frame = page.frameLocator("iframe");
  await frame.getByLabel(/signals/).fill(ANSWER);
  await frame.getByRole("button", { name: "Submit" }).click();
  await frame.getByRole("status").getByText(/mentions \d of 8 ideas/).waitFor();
});

test("a token of another site, and one that is used up, say so", async () => {
  const { page } = shared;
  shared.expectErrors(ANOTHER_SITE, /Failed to load resource/);
  await page.goto(`${origin}/?token=${await token(["https://school.example"])}`);
  await says("for pages of other origins");
  await visit({ grades: 1 });
  for (const expected of [/mentions/, /are graded/]) {
    await field().fill(ANSWER);
    await submit();
    await says(expected);
  }
  assert.equal(await field().inputValue(), ANSWER);
});

test("another question takes the place of the one that is being graded", async () => {
  const { page } = shared;
  await listen();
  await visit();
  await field().fill(ANSWER);
  const grading = await hold("/v1/embed/grade");
  await submit();
  await grading.came;
  const loading = await hold("/v1/embed/questions/django/orm");
  await set("question-id", "django/orm");
  await loading.came;
  assert.deepEqual(await shown(), { question: "", state: "", ready: false });
  grading.release();
  loading.release();
  await page.getByLabel(/ORM/).waitFor();
  assert.deepEqual(await events(), []);
  assert.equal((await shown()).state, "");
  await submit();
  await says(/mentions/);
  const told = await events();
  assert.deepEqual(told.map(([name, detail]) => [name, detail.question_id]), [["graded", "django/orm"]]);
});

test("a question that is not there leaves nothing of the one before", async () => {
  shared.expectErrors(/Failed to load resource/);
  await visit();
  await field().fill(ANSWER);
  await set("question-id", "django/nope");
  await says("has no such question");
  const { question, ready } = await shown();
  assert.deepEqual({ question, ready }, { question: "", ready: false });
  await set("question-id", "django/signals");
  await field().waitFor();
  assert.deepEqual({ state: (await shown()).state, ready: (await shown()).ready }, { state: "", ready: true });
});

test("a new token clears what the one before has left, and keeps the answer", async () => {
  await visit();
  await field().fill(ANSWER);
  await submit();
  await says(/mentions/);
  await set("token", await token([origin]));
  await field().waitFor();
  assert.equal((await shown()).state, "");
  assert.equal(await field().inputValue(), ANSWER);
});

test("a question that comes late wipes no result", async () => {
  const { page } = shared;
  await visit();
  await field().fill(ANSWER);
  const late = await hold("/v1/embed/questions/django/orm");
  await set("question-id", "django/orm");
  await late.came;
  await set("question-id", "django/signals");
  await field().waitFor();
  await submit();
  await says(/mentions/);
  late.release();
  // Put in anew, the same question is not loaded again.
  await move();
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(200);
  const { question, state } = await shown();
  assert.match(`${question}`, /signals/);
  assert.match(`${state}`, /mentions/);
});

test("an element that is moved goes on grading", async () => {
  await listen();
  await visit();
  await field().fill(ANSWER);
  const grading = await hold("/v1/embed/grade");
  await submit();
  await grading.came;
  await move();
  grading.release();
  await says(/mentions/);
  assert.deepEqual((await events()).map(([name]) => name), ["graded"]);
});

test("what is no answer of the grader is said, and is no grade", async () => {
  const { page } = shared;
  await listen();
  await page.route("**/v1/embed/**", (/** @type {import("playwright-core").Route} */ route) =>
    route.fulfill({ contentType: "text/html", headers: { "access-control-allow-origin": "*" }, body: "<h1>Welcome</h1>" }),
  );
  await visit();
  await says("cannot be read");
  assert.deepEqual({ ...(await shown()), state: "" }, { question: "", state: "", ready: false });
  await page.unroute("**/v1/embed/**");
  await set("token", await token([origin]));
  await field().fill(ANSWER);
  await page.route("**/v1/embed/grade", (/** @type {import("playwright-core").Route} */ route) =>
    route.fulfill({ contentType: "application/json", headers: { "access-control-allow-origin": "*" }, body: '{"id": "1", "sco' }),
  );
  await field().waitFor();
  await submit();
  await says("cannot be read");
  assert.deepEqual((await events()).map(([name, detail]) => [name, detail.code]), Array(2).fill(["error", "unreadable"]));
  assert.equal(await field().inputValue(), ANSWER);
});

test("a service behind a path is asked there", async () => {
  const { page } = shared;
  /** @type {string[]} */
  const asked = [];
  await page.route("**/v1/embed/**", (/** @type {import("playwright-core").Route} */ route) => {
    const url = new URL(route.request().url());
    asked.push(url.pathname);
    return route.continue({ url: url.href.replace("/grader/v1/", "/v1/") });
  });
  await visit({}, "/?path=/grader/&");
  await field().fill(ANSWER);
  await submit();
  await says(/mentions/);
  assert.deepEqual(asked, ["/grader/v1/embed/questions/django/signals", "/grader/v1/embed/grade"]);
});

test("a page of the service's own origin may hold a token, too", async () => {
  const { page } = shared;
  const { address } = shared.service;
  const mine = await token([address]);
  await page.route("**/own", (/** @type {import("playwright-core").Route} */ route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><html lang="en"><title>Own</title><main><h1>Own</h1><script src="/embed.js"></script><answer-grader question-id="django/signals" endpoint="/" token="${mine}"></answer-grader></main></html>`,
    }),
  );
  await page.goto("/own");
  await field().fill(ANSWER);
  await submit();
  await says(/mentions/);
});
