// Chromium, and a page on the service's own origin that can import the client.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const folder = new URL("..", import.meta.url);
const imports = { "answer-grader": "/client/dist/index.js", "answer-grader/core": "/client/dist/core/index.js", "openapi-fetch": "/client/node_modules/openapi-fetch/dist/index.mjs" };
const page = `<!doctype html><title>client</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script><p id="answer"></p>`;

/** The browser that tests/setup has found or installed. */
function installed() {
  const names = "command -v chromium || command -v chromium-browser || command -v google-chrome";
  return execFileSync("sh", ["-c", names], { encoding: "utf8" }).trim();
}

/**
 * Opens a page. What it says on its console as an error is in `wrong`.
 *
 * @param {string} origin the service's
 */
export async function open(origin) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? installed(), args: ["--no-sandbox"] });
  const opened = await browser.newPage();
  const wrong = /** @type {string[]} */ ([]);
  opened.on("pageerror", (error) => wrong.push(error.message));
  // The service allows no other origin, so the files are put beneath its own.
  await opened.route(`${origin}/client/**`, (route) => {
    const path = new URL(route.request().url()).pathname.replace("/client/", "");
    if (path === "") return route.fulfill({ contentType: "text/html; charset=utf-8", body: page });
    const contentType = path.endsWith(".js") || path.endsWith(".mjs") ? "text/javascript" : "application/octet-stream";
    return route.fulfill({ contentType, body: readFileSync(fileURLToPath(new URL(path, folder))) });
  });
  await opened.goto(`${origin}/client/`);
  return { page: opened, wrong, close: () => browser.close() };
}
