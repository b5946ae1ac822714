// The web component on a page of another origin, under a strict policy, and in a sandboxed frame.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { axe, browserTests } from "./harness.js";

const shared = browserTests();

/** Another site: its pages load the component from the service, and nothing else from anywhere. */
/** @type {import("node:http").Server} */
let site;
let origin = "";
/** @type {(origins: string[], more?: object) => Promise<string>} */
let token;

/** Starts it with the first test that needs it, when the service runs. */
async function open() {
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
    const element = `<answer-grader question-id="django/signals" endpoint="${address}" token="${searchParams.get("token")}"></answer-grader>`;
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
}

after(() => {
  site?.closeAllConnections();
  site?.close();
});

const ANSWER = "A signal lets a sender notify receivers that something happened. 🙂 <b>bold</b>";

test("a question is answered on another site's page, and the page is told", async () => {
  const { page } = shared;
  await open();
  shared.expectErrors(/^request: http:\/\/localhost/);
  await page.addInitScript(() => {
    Object.assign(globalThis, { told: [] });
    for (const name of ["graded", "error"]) {
      addEventListener(name, (event) => /** @type {any} */ (globalThis).told.push([name, /** @type {CustomEvent} */ (event).detail]));
    }
  });
  await page.goto(`${origin}/?token=${await token([origin])}`);
  await page.getByLabel(/signals/).fill(ANSWER);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("status").getByText(/mentions \d of 8 ideas/).waitFor();
  const told = await page.evaluate(() => /** @type {any} */ (globalThis).told);
  assert.equal(told.length, 1);
  assert.equal(told[0][0], "graded");
  assert.ok(told[0][1].score > 0);
  await axe(page);
});

test("below full feedback nothing of the key is on the page", async () => {
  const { page } = shared;
  await open();
  shared.expectErrors(/^request: http:\/\/localhost/);
  await page.goto(`${origin}/?token=${await token([origin], { feedback: "hint" })}`);
  await page.getByLabel(/signals/).fill(ANSWER);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("status").getByText(/mentions \d of 8 ideas/).waitFor();
  assert.equal(await page.locator("answer-grader li").count(), 0);
});

test("it works in a sandboxed frame, whose origin has no name", async () => {
  const { page } = shared;
  await open();
  shared.expectErrors(/^request: http:\/\/localhost/);
  await page.goto(`${origin}/frame?token=${await token(["null"])}`);
  const frame = page.frameLocator("iframe");
  await frame.getByLabel(/signals/).fill(ANSWER);
  await frame.getByRole("button", { name: "Submit" }).click();
  await frame.getByRole("status").getByText(/mentions \d of 8 ideas/).waitFor();
});

test("a token of another site, and one that is used up, say so", async () => {
  const { page } = shared;
  await open();
  shared.expectErrors(/^request: http:\/\/localhost/, /Failed to load resource/);
  await page.goto(`${origin}/?token=${await token(["https://school.example"])}`);
  await page.getByRole("status").getByText("for pages of other origins").waitFor();
  await page.goto(`${origin}/?token=${await token([origin], { grades: 1 })}`);
  for (const expected of [/mentions/, /are graded/]) {
    await page.getByLabel(/signals/).fill(ANSWER);
    await page.getByRole("button", { name: "Submit" }).click();
    await page.getByRole("status").getByText(expected).waitFor();
  }
  assert.equal(await page.getByLabel(/signals/).inputValue(), ANSWER);
});
