// Banks for those who may not do everything: they see what they may, and are told why not more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browserTests, shots } from "./harness.js";

/** @typedef {import("playwright-core").Page} Page */

const shared = browserTests();

/** Makes a key and signs in with it. */
async function signIn(/** @type {Page} */ page, /** @type {string} */ scopes, /** @type {string} */ view) {
  const out = await shared.service.run("key", "create", `key-${scopes.replaceAll(",", "-")}`, "--scope", scopes);
  const key = out.split(/\s+/).find((/** @type {string} */ word) => word.length > 30) ?? out;
  await page.goto(`/banks${view}`);
  await page.getByLabel("API key").fill(key);
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Django interview", level: 1 }).waitFor();
}

test("without the scope for references, the questions alone are shown", async () => {
  const { page } = shared;
  shared.expectErrors(/401/);
  await signIn(page, "grade", "#django");
  await page.getByText("Your key needs the scope “references”").or(page.getByText("your key needs the scope “references”")).first().waitFor();
  await page.getByText("How would you optimise Django ORM queries for performance?").waitFor();
  assert.equal(await page.getByText("I measure first").count(), 0);
  assert.equal(await page.getByRole("button", { name: /^(Edit|Download)/ }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Try this question: How would you optimise" }).getAttribute("href"), "/try#question_id=django/orm-performance");
  await page.getByLabel("Find in questions").fill("optimise");
  assert.match(await page.getByText(/of 32 questions/).innerText(), /^1 of/);
  await shots(page, "banks-9-plain");
});

test("without the scope for changes, a bank is read and downloaded", async () => {
  const { page } = shared;
  shared.expectErrors(/401/);
  await signIn(page, "grade,references", "#django");
  await page.getByText("your key needs the scope “admin”").waitFor();
  await page.locator("summary").filter({ hasText: "How would you optimise" }).click();
  await page.getByText(/^I measure first/).waitFor();
  await page.getByRole("button", { name: "Download as TOML" }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^(Edit|Remove|Add|Move)/ }).count(), 0);
  await page.getByRole("link", { name: "All banks" }).click();
  await page.getByRole("heading", { name: "Banks", level: 1 }).waitFor();
  assert.equal(await page.getByRole("link", { name: "New bank" }).count(), 0);
});
