// The page "Try it" as a source of code: what it writes for other languages runs, whatever the texts hold.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import ts from "typescript";
import { browserTests } from "./harness.js";
import { latest } from "./try-help.js";

/** Quotes, newlines, and what shells, templates and literals take for something else. */
const DIFFICULT = [
  `It's "quoted", 'twice' and "# r##"raw"## \\ \\n \\u0041 C:\\temp\\`,
  "$HOME `whoami` $(id) ${x} !! !x %s {braces} {{ x }} \"\"\" ''' </script> <!-- -->",
  "JSON",
  "EOF",
  "\ttab, é 😀 שלום \u202eturned\u202c \u200bunseen\u2028 end '",
].join("\n");

describe("texts that are hard to quote", () => {
  const shared = browserTests();

  /** Fills every text with what is hard to quote. */
  async function difficult() {
    await shared.page.goto("/try");
    await shared.page.getByRole("tab", { name: "curl" }).waitFor();
    await shared.page.getByLabel("Question", { exact: true }).fill(DIFFICULT);
    await shared.page.getByLabel("Reference answer").fill(`An index finds rows.\n${DIFFICULT}`);
    await shared.page.getByLabel("Candidate’s answer").fill(`An index finds rows without reading the whole table. ${DIFFICULT}`);
    await shared.page.getByText("Concepts (4)").click();
    await shared.page.getByRole("group", { name: "Concept 1" }).getByLabel("Aliases").fill(DIFFICULT);
    await shared.page.getByLabel("Language").fill("en");
  }

  const code = async (/** @type {string} */ language) => {
    await shared.page.getByRole("tab", { name: language }).click();
    return shared.page.locator("#code pre").evaluate((/** @type {Element} */ pre) => pre.textContent ?? "");
  };

  /** Checks that a request is the one of `difficult`, text for text. */
  function isDifficult(/** @type {any} */ task, /** @type {string} */ answer) {
    assert.equal(task.question, DIFFICULT);
    assert.equal(task.reference_answer, `An index finds rows.\n${DIFFICULT}`);
    assert.equal(answer, `An index finds rows without reading the whole table. ${DIFFICULT}`);
    assert.deepEqual(task.concepts[0].aliases, DIFFICULT.split("\n").map((line) => line.trim()));
    assert.equal(task.concepts[0].required, true);
  }

  test("the commands for curl grade the very same texts, in two shells", async () => {
    await difficult();
    const command = await code("curl");
    for (const shell of ["bash", "sh"]) {
      const printed = JSON.parse(await run(shell, ["-c", command]));
      const record = await latest(shared.service);
      assert.equal(printed.id, record.id);
      isDifficult(record, record.request.candidate_answer);
    }
  });

  test("the Python program grades the very same texts", async () => {
    await difficult();
    const before = (await latest(shared.service))?.id;
    assert.match(await run("python3", ["-W", "error", "-c", await code("Python")]), /^score 0\.\d+ missing \[/);
    const record = await latest(shared.service);
    assert.notEqual(record.id, before);
    isDifficult(record, record.request.candidate_answer);
  });

  test("the TypeScript program is right by its compiler and grades the very same texts", async () => {
    await difficult();
    const before = (await latest(shared.service))?.id;
    const source = await code("TypeScript");
    const folder = mkdtempSync(join(tmpdir(), "answer-grader-try-"));
    try {
      const file = join(folder, "grade.mts");
      writeFileSync(file, source);
      const options = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, types: [], lib: ["lib.es2022.d.ts", "lib.dom.d.ts"] };
      const wrong = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
      assert.deepEqual(wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")), []);
      writeFileSync(join(folder, "grade.mjs"), ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).outputText);
      assert.match(await run("node", [join(folder, "grade.mjs")]), /^score 0\.\d+ missing \[/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const record = await latest(shared.service);
    assert.notEqual(record.id, before);
    isDifficult(record, record.request.candidate_answer);
  });

  test("the JSON in the Rust program holds the very same texts", async () => {
    await difficult();
    const source = await code("Rust");
    const [, , json] = source.match(/r(#+)"([^]*?)"\1;/) ?? [];
    assert.ok(json, source);
    const request = JSON.parse(json);
    isDifficult(request, request.candidate_answer);
    assert.doesNotMatch(source, /[\r\u200b\u2028\u202a-\u202e\u2066-\u2069]/, "the compiler refuses these in source text");
    assert.match(source, /reqwest::Client::new\(\)/);
  });

  test("tabs are moved by arrow keys, and the button says that it has copied", async () => {
    await shared.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await shared.page.goto("/try");
    await shared.page.getByRole("tab", { name: "curl" }).waitFor();
    await shared.page.getByRole("tab", { name: "curl" }).focus();
    await shared.page.keyboard.press("ArrowRight");
    await shared.page.keyboard.press("ArrowRight");
    await shared.page.getByRole("tab", { name: "Python", selected: true }).waitFor();
    await shared.page.getByLabel("Points of a full answer").fill("7");
    await shared.page.getByRole("button", { name: "Copy", exact: true }).click();
    await shared.page.getByRole("button", { name: "Copied", exact: true }).waitFor();
    const copied = await shared.page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^import json\n[^]*"max_points": 7,\n/);
    await shared.page.getByRole("button", { name: "Copy", exact: true }).waitFor();
  });
});

describe("where a key is needed", () => {
  const shared = browserTests();

  test("the code takes it from a variable, and grading asks for it", async () => {
    shared.expectErrors(/401/);
    const key = await shared.service.run("key", "create", "somebody", "--scope", "grade,read");
    await noticed();
    await shared.page.goto("/try");
    await shared.page.getByText("Sign in to choose a question of a bank.").waitFor();
    await shared.page.getByText("The API key is taken from the variable ANSWER_GRADER_KEY.").waitFor();
    for (const [language, command] of [["curl", "bash"], ["Python", "python3"]]) {
      await shared.page.getByRole("tab", { name: language }).click();
      const source = await shared.page.locator("#code pre").innerText();
      assert.doesNotMatch(source, new RegExp(key.slice(-12)));
      assert.match(await run(command, ["-c", source], { ANSWER_GRADER_KEY: key.split(/\s+/).at(-1) ?? "" }), /score.*0\.69/);
    }
    await shared.page.getByRole("button", { name: "Grade", exact: true }).click();
    await shared.page.getByLabel("API key").fill(key.split(/\s+/).at(-1) ?? "");
    await shared.page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
    await shared.page.getByRole("heading", { name: "Mentions 2 of 4 ideas" }).waitFor();
    await shared.page.getByRole("option", { name: "bank: Django interview" }).waitFor({ state: "attached" });
  });

  test("a question that the address names asks for the key, and shows what the key may see", async () => {
    shared.expectErrors(/401/);
    const key = await shared.service.run("key", "create", "interviewer", "--scope", "grade,references");
    await noticed();
    await shared.page.goto("/try#question_id=django/signals");
    await shared.page.getByLabel("API key").fill(key.split(/\s+/).at(-1) ?? "");
    await shared.page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
    await shared.page.getByText("Reference answer and concepts").waitFor();
    assert.equal(await shared.page.getByLabel("Question of the bank").inputValue(), "django/signals");
  });

  /** The service reads keys anew now and then. */
  async function noticed() {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await (await fetch(`${shared.service.address}/v1/session`)).json()).keys) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.fail("the service does not know of its key");
  }
});

/** Runs a program, and gives what it prints; the tests' own service must not wait for it. */
async function run(/** @type {string} */ command, /** @type {string[]} */ args, /** @type {Record<string, string>} */ environment = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let wrong = "";
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (wrong += text));
  const [status] = await once(child, "close");
  assert.equal(status, 0, wrong);
  return out;
}
