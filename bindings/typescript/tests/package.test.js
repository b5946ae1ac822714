import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";

import { snippets } from "./readme.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const sh = snippets().filter(({ language }) => language === "sh");

describe("the package", () => {
  let folder, project;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "answer-grader-package-"));
    const left = new Set(["node_modules", "dist", "target", "tests"]);
    cpSync(root, join(folder, "bindings/typescript"), {
      recursive: true,
      filter: (path) => !left.has(path.slice(root.length).split("/")[0] ?? "") && !path.endsWith(".tgz"),
    });
    // The module is there already, and is built from where it lies.
    mkdirSync(join(folder, "bindings/wasm"));
    writeFileSync(join(folder, "bindings/wasm/build"), `#!/bin/sh\nexec "${join(root, "../wasm/build")}"\n`, { mode: 0o755 });
    for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) cpSync(join(root, "../..", licence), join(folder, licence));
    project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (cwd, command) =>
    execFileSync("bash", ["-ec", command], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 180_000 });

  test("it is packed and installed by the README's two commands", () => {
    assert.equal(sh.length, 2);
    run(folder, sh[0]?.code);
    run(project, sh[1]?.code.replace("/path/to", join(folder, "bindings/typescript")));
  });

  test("it holds what it needs, and nothing else", () => {
    const installed = join(project, "node_modules/answer-grader");
    assert.deepEqual(readdirSync(installed).sort(), ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist", "package.json"]);
    assert.ok(readdirSync(join(installed, "dist")).includes("schema.d.ts"));
    assert.deepEqual(readdirSync(join(installed, "dist/core/module")).sort(), ["core.d.ts", "core.js", "core.wasm.gz"]);
    const description = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    assert.equal(description.license, "MIT OR Apache-2.0");
    const version = readFileSync(join(root, "../../Cargo.toml"), "utf8").match(/^version = "(.*)"/m)?.[1];
    assert.equal(description.version, version, "it is of the service's version");
    const others = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."));
    assert.deepEqual(others.sort(), ["answer-grader", "openapi-fetch", "openapi-typescript-helpers"]);
  });

  test("it is imported by its name, and has no default", () => {
    const printed = run(project, `node -e 'import("answer-grader").then((client) => console.log(Object.keys(client).join(" ")))'`);
    assert.equal(printed.trim(), "AnswerGrader AnswerGraderError ApiError NetworkError TimeoutError evidenceOffsets evidenceRange");
  });

  test("its core grades where it is installed", () => {
    const code = `import("answer-grader/core").then(async (core) => {
      const grader = await core.Grader.load();
      const { score } = grader.grade({ reference_answer: "It speeds up lookups.", candidate_answer: "It speeds up lookups." });
      console.log(Object.keys(core).join(" "), score);
    })`;
    const printed = run(project, `node -e '${code}'`);
    assert.equal(printed.trim(), "AnswerGraderError Grader InvalidRequestError ModelError ReplyError 1");
  });

  test("a bundler that knows no `new URL` takes the module along by its name", () => {
    const code = `import module from "answer-grader/core.wasm.gz";
      import { Grader } from "answer-grader/core";
      const grader = await Grader.load({ module });
      console.log(grader.grade({ reference_answer: "It speeds up lookups.", candidate_answer: "It speeds up lookups." }).score);`;
    writeFileSync(join(project, "use.js"), code);
    const esbuild = join(root, "node_modules/.bin/esbuild");
    run(project, `${esbuild} use.js --bundle --format=esm --loader:.gz=file --outdir=bundle --log-level=error`);
    const printed = run(project, "node bundle/use.js");
    assert.equal(printed.trim(), "1");
  });

  const users = {
    "Node without the DOM": { module: "NodeNext", lib: ["ES2023"], types: ["node"] },
    "a bundler for browsers": { module: "ESNext", moduleResolution: "bundler", lib: ["ES2022", "DOM"], types: [] },
  };
  for (const [name, options] of Object.entries(users)) {
    test(`its types hold for ${name}`, () => {
      const use = `import { AnswerGrader, type Grade, type components } from "answer-grader";
        import { Grader, type CoreGrade } from "answer-grader/core";
        export const offline: Promise<CoreGrade> = Grader.load().then((core) => core.grade({ question: "q", reference_answer: "r", candidate_answer: "a" }));
        export const asGrade = async (): Promise<Grade> => offline;
        // @ts-expect-error there are no banks without a service
        Grader.load().then((core) => core.task({ question_id: "q" }));
        const grader = new AnswerGrader({ baseUrl: "http://localhost", retries: 0 });
        export const grade: Promise<Grade> = grader.grade({ question: "q", candidate_answer: "a" });
        export const score = (grade: Grade): number | null | undefined => grade.score;
        export type Level = components["schemas"]["FeedbackLevel"];
        // @ts-expect-error an answer is needed
        grader.grade({ question: "q" });
        // @ts-expect-error unknown fields are refused
        grader.grade({ candidate_answer: "a", answr: "b" });
        // @ts-expect-error there is no such verdict
        grader.review("id", { verdicts: { a: "right" } });`;
      writeFileSync(join(project, "use.ts"), use);
      const typeRoots = [join(root, "node_modules/@types")];
      const compilerOptions = { strict: true, noEmit: true, target: "ES2022", exactOptionalPropertyTypes: true, typeRoots, ...options };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
      run(project, `node ${join(root, "node_modules/typescript/bin/tsc")} -p . >&2`);
    });
  }
});
