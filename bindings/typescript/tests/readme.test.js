import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import ts from "typescript";

import { open } from "./browser.js";
import { snippets } from "./readme.js";
import { serve } from "./service.js";

const root = fileURLToPath(new URL("..", import.meta.url));
// Within the package, so that its name leads to itself; each run has one of its own.
mkdirSync(join(root, "target"), { recursive: true });
const folder = mkdtempSync(join(root, "target/readme-"));
const all = snippets();

/** The line that makes `grader`, in the first snippet of TypeScript. */
const making = all.find(({ language }) => language === "ts")?.code.match(/^const grader = .*$/m)?.[0] ?? "";

/** A snippet as it stands for itself. */
function whole({ code }) {
  const parts = /new AnswerGrader\(|Grader\.load\(/.test(code) ? [code] : ['import { AnswerGrader } from "answer-grader";', making, code];
  return `${parts.join("\n")}\nexport {};\n`;
}

describe("the README's snippets", () => {
  let service;
  before(async () => {
    service = await serve();
  });
  after(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("all of them are known to a test", () => {
    assert.deepEqual([...new Set(all.map(({ language }) => language))].sort(), ["sh", "ts", "ts browser"]);
    assert.ok(making && all.length >= 12);
  });

  test("they have the right types", () => {
    for (const snippet of all) {
      if (snippet.language !== "sh") writeFileSync(join(folder, `${snippet.place}.ts`), whole(snippet));
    }
    const compilerOptions = {
      ...{ target: "ES2022", module: "NodeNext", lib: ["ES2023", "DOM", "DOM.Iterable"], strict: true, noEmit: true },
      ...{ types: ["node"], typeRoots: [join(root, "node_modules/@types")] },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { stdio: "inherit" });
  });

  /** A snippet as JavaScript, for the service of this test. */
  const runnable = (snippet) => {
    const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    const { outputText } = ts.transpileModule(whole(snippet), { compilerOptions: options });
    return outputText.replaceAll("http://127.0.0.1:8080", service.address);
  };

  for (const snippet of all.filter(({ language }) => language === "ts")) {
    test(`the one of ${snippet.place} runs${snippet.prints === undefined ? "" : ", and prints what it says"}`, async () => {
      const file = join(folder, `${snippet.place}.js`);
      writeFileSync(file, runnable(snippet));
      const env = { ...process.env, ANSWER_GRADER_API_KEY: service.key };
      const running = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"], timeout: 60_000 });
      let printed = "";
      running.stdout.on("data", (text) => (printed += text));
      const code = await new Promise((ended) => running.once("exit", ended));
      assert.equal(code, 0);
      assert.notEqual(printed, "");
      if (snippet.prints !== undefined) assert.equal(printed, snippet.prints);
    });
  }

  for (const snippet of all.filter(({ language }) => language === "ts browser")) {
    test(`the one of ${snippet.place} runs in Chromium`, async () => {
      const browser = await open(service.address);
      try {
        const printed = /** @type {string[]} */ ([]);
        browser.page.on("console", (message) => printed.push(message.text()));
        await browser.page.evaluate(async ([key, code]) => {
          const body = JSON.stringify({ key });
          const headers = { "Content-Type": "application/json" };
          await fetch("/v1/session", { method: "POST", headers, body });
          const script = document.createElement("script");
          script.type = "module";
          script.textContent = `${code}\nglobalThis.isDone = true;`;
          document.body.append(script);
        }, /** @type {const} */ ([service.key, runnable(snippet)]));
        await browser.page.waitForFunction(() => /** @type {any} */ (globalThis).isDone, undefined, { timeout: 20_000 });
        assert.deepEqual(browser.wrong, []);
        assert.match(printed.join("\n"), /lookups/);
      } finally {
        await browser.close();
      }
    });
  }
});
