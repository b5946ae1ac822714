// Opens a page in Chromium, answers the question on it, and prints what the page shows and is told.
//
// It reads JSON: the page's `html`, its address (`page`), that of the `service` in it, and where that listens (`address`).
// CHROMIUM names the browser.

import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

// tests/setup installs it for the pages.
const { chromium } = createRequire(new URL("../pages/package.json", import.meta.url))("playwright-core");
const { html, page: address, service, address: listens } = JSON.parse(await text(process.stdin));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
try {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  await context.route("**/*", (route) => route.abort());
  const body = `<!doctype html><html lang="en"><title>A school</title><main><h1>A school</h1>${html}</main></html>`;
  await context.route(address, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  await context.route(`${service}/**`, async (route) => {
    const response = await route.fetch({ url: route.request().url().replace(service, listens) });
    await route.fulfill({ response });
  });
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.told = [];
    for (const name of ["graded", "error"]) addEventListener(name, (event) => globalThis.told.push([name, event.detail]));
  });
  const shown = async () => (await page.getByRole("status").allTextContents()).join("; ");
  await page.goto(address);
  const answer = page.getByRole("textbox");
  await answer.waitFor().catch(async (error) => {
    throw new Error(`there is no question, but: ${await shown()}`, { cause: error });
  });
  const label = await answer.evaluate((box) => box.labels[0]?.textContent ?? "");
  await answer.fill("A signal lets a sender notify receivers that something happened.");
  await page.getByRole("button", { name: "Submit" }).click();
  const status = page.getByRole("status").getByText(/mentions/);
  await status.waitFor();
  const items = await page.locator("answer-grader li").count();
  console.log(JSON.stringify({ label, status: await status.textContent(), items, events: await page.evaluate(() => globalThis.told) }));
} finally {
  await browser.close();
}
