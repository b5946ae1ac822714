// The service and a browser, both real, for the tests of the pages.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, beforeEach, afterEach } from "node:test";
import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
export const program = process.env.ANSWER_GRADER ?? join(target, "debug/answer-grader");
const pictures = join(target, "test-tools/pages/pictures");
const browserProgram = process.env.CHROMIUM ?? installed();
/** The browser that tests/setup has found or installed. */
function installed() {
  return execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).trim();
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Starts the service on a free port, in a folder of its own.
 *
 * @param {Record<string, string>} [environment]
 * @param {(folder: string) => void} [prepare] puts files into the folder before
 */
export async function serve(environment = {}, prepare = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "answer-grader-pages-"));
  prepare(folder);
  const kept = Object.entries(process.env).filter(([name]) => !/_API_KEY$|^OPENAI_|^DATABASE_URL$|^ANSWER_GRADER__/.test(name));
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0"], {
    cwd: folder,
    env: { ...Object.fromEntries(kept), ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8");
  const address = await new Promise((found, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the service ended (${code}):\n${log}`)));
    child.stderr.on("data", (text) => {
      log += text;
      const told = log.match(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
      if (told) found(told[1]);
    });
  });
  child.removeAllListeners("exit");
  return {
    address: /** @type {string} */ (address),
    folder,
    log: () => log,
    /** Runs the program once, in the same folder, and gives what it prints. */
    run: async (/** @type {string[]} */ ...args) => {
      const once = spawn(program, args, { cwd: folder, env: { ...Object.fromEntries(kept), ...environment } });
      let out = "";
      once.stdout.on("data", (text) => (out += text));
      const code = await new Promise((ended) => once.once("exit", ended));
      assert.equal(code, 0, `${args.join(" ")} ended with ${code}`);
      return out.trim();
    },
    stop: async () => {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * For a file of tests: the service, and a fresh page for each test. What the page says on its console as an
 * error, and any request that leaves the service, fails the test; `expectErrors` allows what a test provokes.
 *
 * @param {Record<string, string>} [environment]
 * @param {(folder: string) => void} [prepare]
 */
export function browserTests(environment, prepare) {
  /** @type {any} */
  const shared = {};
  before(async () => {
    shared.service = await serve(environment, prepare);
    shared.browser = await chromium.launch({ executablePath: browserProgram, args: ["--no-sandbox"] });
  });
  after(async () => {
    await shared.browser?.close();
    await shared.service?.stop();
  });
  beforeEach(async () => {
    shared.wrong = [];
    shared.allowed = [];
    shared.expectErrors = (/** @type {RegExp[]} */ ...patterns) => shared.allowed.push(...patterns);
    shared.context = await shared.browser.newContext({
      baseURL: shared.service.address,
      acceptDownloads: true,
      reducedMotion: "reduce",
    });
    shared.context.setDefaultTimeout(20_000);
    shared.page = await shared.context.newPage();
    watch(shared.page, shared);
  });
  afterEach(async () => {
    await shared.context?.close();
    const wrong = shared.wrong.filter((/** @type {string} */ one) => !shared.allowed.some((/** @type {RegExp} */ ok) => ok.test(one)));
    assert.deepEqual(wrong, [], "the page complained, or asked somebody else");
  });
  return shared;
}

/** Notes what must not happen on a page. */
function watch(/** @type {import("playwright-core").Page} */ page, /** @type {any} */ shared) {
  page.on("console", (message) => {
    if (message.type() === "error") shared.wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => shared.wrong.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(shared.service.address) && !/^(blob|data):/.test(url)) shared.wrong.push(`request: ${url}`);
  });
}

/**
 * Looks for what keeps people out, and fails where it is serious.
 *
 * @param {import("playwright-core").Page} page
 */
export async function axe(page) {
  // The policy of the page holds for its own scripts; the browser's tools may do more.
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] }));
  const serious = found.violations
    .filter((/** @type {any} */ one) => one.impact === "serious" || one.impact === "critical")
    .map((/** @type {any} */ one) => `${one.id}: ${one.help}\n${one.nodes.map((/** @type {any} */ node) => `  ${node.html}\n  ${node.failureSummary}`).join("\n")}`);
  assert.deepEqual(serious, [], serious.join("\n"));
}

/**
 * Takes pictures of a page in light, dark and on a phone, looks for serious violations in both themes, and for
 * anything that is wider than the phone.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function shots(page, name) {
  mkdirSync(pictures, { recursive: true });
  const shoot = (/** @type {string} */ kind) => page.screenshot({ path: join(pictures, `${name}-${kind}.png`), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    await shoot(colorScheme);
    await axe(page);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 360, height: 740 });
  await shoot("phone");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} px wider than a phone`);
  await page.setViewportSize({ width: 1280, height: 800 });
}
