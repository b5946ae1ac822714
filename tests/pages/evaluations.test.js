// The page of evaluations: reports alone and side by side, those of the server and those of a person's computer.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { axe, browserTests, program, root, serve, shots } from "./harness.js";

/** @typedef {import("playwright-core").Page} Page */

/** Makes a report with the program itself. */
function measure(/** @type {string} */ folder, /** @type {string} */ name, /** @type {string[]} */ ...options) {
  const suite = join(root, "fixtures/suites/django.toml");
  const made = spawnSync(
    program,
    ["eval", suite, "--method", "keyword", "--exit-code-on-fail", "0", "-o", join(folder, name), ...options],
    { cwd: folder, encoding: "utf8" },
  );
  assert.equal(made.status, 0, made.stderr);
}

const document = (/** @type {string} */ path) => JSON.parse(readFileSync(path, "utf8"));

const HOSTILE = `<img src=x onerror="document.title='owned'">\u202e`;

/** A report that lacks much, holds more than it should, and means ill. */
const hostile = {
  schema: "answer-grader/eval-report/9",
  suite: HOSTILE,
  surplus: { a: [1] },
  runs: [
    {
      name: HOSTILE,
      metrics: { n: "many", qwk: { value: 0.5 } },
      by_tag: [],
      cases: [
        null,
        7,
        {},
        { id: HOSTILE, question_id: HOSTILE, human_score: 0.5, score: 0.9, missing_concepts: [HOSTILE] },
      ],
    },
  ],
};

/** The first report with two runs: the second is kinder, and some of its cases are not as they were. */
function twoRuns(/** @type {string} */ folder) {
  const report = document(join(folder, "evaluations/first.json"));
  const run = structuredClone(report.runs[0]);
  run.name = "kinder";
  run.method = "llm";
  run.model = "some-model";
  run.cases = run.cases.slice(0, -1);
  for (const one of run.cases) one.method = one.method && "llm";
  const [near, lost, moved] = run.cases;
  Object.assign(near, { score: 0.1, missing_concepts: ["indexes"] });
  Object.assign(lost, { score: null, ungraded: "timeout", method: null, missing_concepts: [] });
  Object.assign(moved, { id: "a-new-case" });
  report.runs.push(run);
  return report;
}

const evaluations = browserTests({}, (folder) => {
  mkdirSync(join(folder, "evaluations"));
  measure(folder, "evaluations/first.json");
  measure(folder, "evaluations/without-concepts.json", "--ignore-concepts");
  measure(folder, "elsewhere.json", "--limit", "40");
  writeFileSync(join(folder, "evaluations/two-runs.json"), JSON.stringify(twoRuns(folder)));
  writeFileSync(join(folder, "evaluations/broken.json"), "{not json");
  writeFileSync(join(folder, "hostile.json"), JSON.stringify(hostile));
});

const three = (/** @type {number} */ value) => value.toFixed(3).replace("-", "−");
/** A pattern of texts that follow each other, with whatever stands between them. */
const inOrder = (/** @type {(string | number)[]} */ ...texts) =>
  new RegExp(texts.map((text) => String(text).replace(/[.+]/g, "\\$&")).join("[\\s\\S]*"));
/** What the program measured for a report: its first run. */
const measured = (/** @type {string} */ name) => document(inFolder(`evaluations/${name}`)).runs[0];
/** The cases that disagree, found without the page's own code; both pass marks of the suite are .6. */
const disagreeing = (/** @type {any} */ run) =>
  run.cases.filter(
    (/** @type {any} */ one) =>
      one.score !== null &&
      (one.score >= 0.6 !== one.human_score >= 0.6 || Math.abs(one.score - one.human_score) > 0.25 + 1e-9),
  );

const inFolder = (/** @type {string} */ name) => join(evaluations.service.folder, name);
const table = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("table", { name, exact: true });
const rowsOf = (/** @type {Page} */ page, /** @type {string} */ name) => table(page, name).locator("tbody tr");

async function visit(/** @type {string} */ hash = "") {
  /** @type {Page} */
  const page = evaluations.page;
  await page.goto(`/evaluations${hash}`);
  await page.getByRole("heading", { level: 2 }).first().waitFor();
  return page;
}

describe("the list", () => {
  test("names every report with its figures, and what cannot be read", async () => {
    const page = await visit();
    const first = page.getByRole("row", { name: /^first\.json/ });
    const { n, graded, qwk, pearson_r: pearson, rmse, concept_f1: f1 } = measured("first.json").metrics;
    assert.match(
      await first.innerText(),
      inOrder(
        "django",
        "pass",
        `${graded} of ${n}`,
        three(qwk.value),
        three(pearson.value),
        three(rmse.value),
        three(f1.value),
      ),
    );
    assert.match(await page.getByRole("row", { name: /^without-concepts\.json/ }).innerText(), /fail/);
    await page.getByText("These files in the folder cannot be read:").waitFor();
    assert.match(await page.getByRole("listitem").filter({ hasText: "broken.json" }).innerText(), /line 1/);
    await shots(page, "evaluations-list");
  });

  test("shows a report that was made since", async () => {
    const page = await visit();
    writeFileSync(inFolder("evaluations/later.json"), readFileSync(inFolder("elsewhere.json")));
    assert.equal(await page.getByRole("link", { name: "later.json" }).count(), 0);
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByRole("link", { name: "later.json" }).click();
    await page.getByRole("heading", { level: 2, name: "later.json" }).waitFor();
    rmSync(inFolder("evaluations/later.json"));
  });

  test("two ticked runs are put side by side, the older one before", async () => {
    const page = await visit();
    const compare = page.getByRole("button", { name: "Put side by side" });
    assert.ok(await compare.isDisabled());
    await page.getByRole("checkbox", { name: "Compare without-concepts.json, keyword" }).check();
    await page.getByRole("checkbox", { name: "Compare first.json, keyword" }).check();
    await compare.click();
    await page.getByRole("heading", { level: 2, name: "Side by side" }).waitFor();
    assert.match(page.url(), /#a=first\.json&run=keyword&b=without-concepts\.json&run_b=keyword$/);
  });
});

describe("a report in detail", () => {
  test("has the gate, the figures with intervals in plain words, cost, confidence and the picture", async () => {
    const run = measured("first.json");
    const { n, graded } = run.metrics;
    const [low, high] = run.metrics.rmse.ci95;
    const page = await visit("#a=first.json");
    await page.getByText("a model judged, and these figures are no agreement with people").waitFor();
    assert.match(await rowsOf(page, "Checks of the gate").nth(1).innerText(), /pass\s+concept_f1[\s\S]*at least 0\.7/);
    await page
      .getByText(
        `${graded} of ${n} answers have a score, and the figures are over these. 2 ungraded (different language: 2).`,
      )
      .waitFor();
    const rmse = rowsOf(page, "Agreement with human scores").filter({ hasText: "RMSE" });
    assert.match(
      await rmse.innerText(),
      inOrder("large misses counting more", three(run.metrics.rmse.value), `${three(low)} to ${three(high)}`),
    );
    assert.match(await table(page, "Cost and latency").innerText(), /median\s+[\d,]+ ms/);
    assert.match(await rowsOf(page, "Risk and coverage").first().innerText(), /50 %\s+59/);
    assert.match(await rowsOf(page, "Confidence bins").first().innerText(), /0\.\d0 to 0\.\d0\s+\d+\s+0\.\d\d\s+\d+ %/);
    await page
      .getByRole("img", { name: new RegExp(`${graded} graded cases, of which ${disagreeing(run).length} disagree`) })
      .waitFor();
    await shots(page, "evaluations-detail");
  });

  test("its cases are shown a hundred at a time, sorted and filtered as data", async () => {
    const page = await visit("#a=first.json");
    const cases = rowsOf(page, "Cases");
    assert.equal(await cases.count(), 100);
    assert.match(await cases.first().innerText(), /request-lifecycle-02/, "the largest difference comes first");
    await page.getByRole("button", { name: "Next page" }).click();
    assert.equal(await cases.count(), 20);
    assert.match(await cases.last().innerText(), /ungraded: different language/, "what has no difference comes last");
    const byScore = table(page, "Cases").getByRole("button", { name: "Score" });
    await byScore.focus();
    await page.keyboard.press("Enter");
    assert.equal(
      await table(page, "Cases").getByRole("columnheader", { name: "Score" }).getAttribute("aria-sort"),
      "descending",
    );
    const scores = (await cases.locator("td:nth-child(3)").allInnerTexts()).map(Number);
    assert.equal(scores.length, 100);
    assert.deepEqual(
      scores,
      scores.toSorted((one, other) => other - one),
    );
    await page.getByLabel("Show").selectOption({ label: "Ungraded (2)" });
    assert.equal(await cases.count(), 2);
    await page
      .getByLabel("Show")
      .selectOption({ label: `Disagreements (${disagreeing(measured("first.json")).length})` });
    await page.getByLabel("Question", { exact: true }).selectOption("django/signals");
    for (const text of await cases.allInnerTexts())
      assert.match(text, /django\/signals[\s\S]*(false pass|false fail|far apart)/);
    await page.getByLabel("Case id holds").fill("signals-02");
    assert.equal(await cases.count(), 1);
    assert.match(
      await cases.innerText(),
      /0\.83[\s\S]*0\.10[\s\S]*−0\.7[23][\s\S]*Both: [\s\S]*Reported only: 6 concepts/,
    );
  });

  test("what is chosen stands in the address and holds after a reload", async () => {
    const page = await visit("#a=first.json");
    await page.getByText("By tag (40)").click();
    await page.getByRole("button", { name: "negated" }).click();
    await page.getByLabel("Show").selectOption({ label: "False passes (2)" });
    assert.match(page.url(), /#a=first\.json&tag=negated&only=false-pass$/);
    const before = await rowsOf(page, "Cases").allInnerTexts();
    assert.equal(before.length, 2);
    await page.reload();
    await page.getByRole("heading", { level: 3, name: "Cases" }).waitFor();
    assert.deepEqual(await rowsOf(page, "Cases").allInnerTexts(), before);
  });

  test("another run of it can be chosen", async () => {
    const page = await visit("#a=two-runs.json");
    await page.getByRole("heading", { name: "Run keyword" }).waitFor();
    await page.getByLabel("Run", { exact: true }).selectOption("kinder");
    await page.getByRole("heading", { name: "Run kinder" }).waitFor();
    await page.getByText("llm, some-model, 119 grades").waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Run keyword" }).waitFor();
  });

  test("skipping to the content does not leave it", async () => {
    const page = await visit("#a=first.json");
    await page.getByRole("link", { name: "Skip to the content" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "first.json" }).waitFor();
    assert.match(page.url(), /#a=first\.json$/);
  });

  test("one that is gone is said to be", async () => {
    evaluations.expectErrors(/404/);
    const page = await visit("#a=gone.json");
    await page.getByRole("alert").filter({ hasText: "no such report" }).waitFor();
    await page.getByRole("link", { name: "All reports" }).click();
    await page.getByRole("link", { name: "first.json" }).waitFor();
  });
});

describe("side by side", () => {
  test("metrics have their difference, with care about intervals", async () => {
    const [was, is] = ["first.json", "without-concepts.json"].map((name) => measured(name).metrics);
    const page = await visit("#a=first.json");
    await page.getByLabel("Put side by side with").selectOption({ label: "without-concepts.json: keyword (keyword)" });
    await page.getByRole("heading", { level: 2, name: "Side by side" }).waitFor();
    await page.getByText("Intervals that overlap prove nothing").waitFor();
    const metrics = rowsOf(page, "Metrics before and after");
    assert.match(
      await metrics.filter({ hasText: "RMSE" }).innerText(),
      inOrder(
        three(was.rmse.value),
        three(is.rmse.value),
        `+${three(is.rmse.value - was.rmse.value)}`,
        "worse",
        "overlap",
      ),
    );
    assert.match(
      await metrics.filter({ hasText: "Concept F1" }).innerText(),
      inOrder(three(was.concept_f1.value), three(is.concept_f1.value), "−", "worse", "do not overlap"),
    );
    await page.getByText("On no case are question, key and answer the same on both sides").waitFor();
    await page.getByRole("button", { name: "Swap before and after" }).click();
    await page.waitForURL(/#a=without-concepts\.json.*&b=first\.json/);
    await rowsOf(page, "Metrics before and after")
      .filter({ hasText: inOrder("RMSE", `−${three(is.rmse.value - was.rmse.value)}`, "better") })
      .waitFor();
    await shots(page, "evaluations-beside");
  });

  test("two runs of one report show which cases changed and why, the largest first", async () => {
    const page = await visit("#a=two-runs.json&run=keyword&b=two-runs.json&run_b=kinder");
    const changed = rowsOf(page, "Cases that changed");
    const [first] = await changed.all();
    assert.ok(first);
    assert.match(
      await first.innerText(),
      /orm-performance-01[\s\S]*1\.00\s+0\.87\s+0\.10\s+passes → fails[\s\S]*\+0\.77 farther[\s\S]*0\.13 → 0\.90[\s\S]*keyword → llm[\s\S]*Newly missed: indexes/,
    );
    await page.getByLabel("Show").selectOption({ label: "Graded on one side only (1)" });
    assert.match(await changed.innerText(), /orm-performance-02[\s\S]*ungraded\s+timeout[\s\S]*No longer graded/);
    await page.getByText("2 only before, 1 only after").click();
    assert.match(
      await table(page, "Cases in one only").innerText(),
      /a-new-case\s+after[\s\S]*orm-performance-03\s+before/,
    );
    await page.getByText("3 grades are in one only").waitFor();
  });
});

describe("files of a person's computer", () => {
  test("are read here alone, and compared with those of the server", async () => {
    const page = await visit();
    /** @type {string[]} */
    const sent = [];
    page.on("request", (/** @type {any} */ request) => sent.push(`${request.method()} ${request.url()}`));
    await page
      .getByLabel("Open reports from this computer")
      .setInputFiles([inFolder("elsewhere.json"), inFolder("evaluations/broken.json")]);
    await page
      .getByRole("row", { name: /^elsewhere\.json/ })
      .filter({ hasText: "40 of 40" })
      .waitFor();
    await page.getByText("It is not JSON").waitFor();
    assert.deepEqual(sent, []);
    await page.getByRole("link", { name: "elsewhere.json" }).click();
    await page.getByLabel("Put side by side with").selectOption({ label: "first.json: keyword (keyword)" });
    await page.getByText("80 grades are in one only").waitFor();
    await page.reload();
    await page.getByText("was opened from a computer and is not kept here").waitFor();
    await page.getByLabel("Open reports from this computer").setInputFiles(inFolder("elsewhere.json"));
    await page.getByText("80 grades are in one only").waitFor();
  });

  test("can be dropped on the page", async () => {
    const page = await visit();
    const text = readFileSync(inFolder("elsewhere.json"), "utf8");
    await page.evaluate((/** @type {string} */ content) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], "dropped.json"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, text);
    await page.getByRole("row", { name: /^dropped\.json/ }).waitFor();
    await page.getByRole("button", { name: "Close dropped.json" }).click();
    assert.equal(await page.getByRole("row", { name: /^dropped\.json/ }).count(), 0);
  });

  test("one that lacks much and means ill is shown as far as it goes", async () => {
    const page = await visit();
    await page.getByLabel("Open reports from this computer").setInputFiles(inFolder("hostile.json"));
    await page.getByRole("link", { name: "hostile.json" }).click();
    await page.getByText("The file is not as eval writes it").waitFor();
    await page.getByText("settings is missing").waitFor();
    await page.getByText("cases holds 2 entries that are no objects").waitFor();
    assert.equal(await page.locator("main img").count(), 0);
    assert.match(await rowsOf(page, "Cases").first().innerText(), /<img src=x[\s\S]*far apart/);
    assert.doesNotMatch(await page.locator("main").innerText(), /\u202e/);
    await page.getByLabel("Put side by side with").selectOption({ label: "first.json: keyword (keyword)" });
    await page.getByText("No case is in both").first().waitFor();
    assert.doesNotMatch(await page.title(), /owned/);
    await axe(page);
  });
});

test("a report of thousands of cases stays quick", async () => {
  const report = document(inFolder("evaluations/first.json"));
  const [run] = report.runs;
  run.cases = Array.from({ length: 10_000 }, (_, index) => ({
    ...run.cases[index % run.cases.length],
    id: `case-${index}`,
  }));
  writeFileSync(inFolder("large.json"), JSON.stringify(report));
  const page = await visit();
  await page.getByLabel("Open reports from this computer").setInputFiles(inFolder("large.json"));
  await page.getByRole("link", { name: "large.json" }).click();
  await page.getByText("1 to 100 of 10,000").waitFor();
  assert.equal(await rowsOf(page, "Cases").count(), 100);
  const took = await table(page, "Cases")
    .getByRole("button", { name: "Case" })
    .evaluate((/** @type {HTMLElement} */ button) => {
      const begun = performance.now();
      button.click();
      return performance.now() - begun;
    });
  assert.ok(took < 1_000, `sorting took ${took} ms`);
  assert.match(await rowsOf(page, "Cases").nth(10).innerText(), /case-10\b/, "numbers in names are sorted as numbers");
});

test("an empty folder says how to make a report, and works once there is one", async () => {
  const service = await serve();
  try {
    /** @type {Page} */
    const page = evaluations.page;
    // This is another service than the one that the page may ask; what it asks is noted all the same.
    evaluations.expectErrors(new RegExp(`^request: ${service.address}`));
    await page.goto(`${service.address}/evaluations`);
    await page
      .getByText("answer-grader eval fixtures/suites/django.toml --method keyword -o evaluations/first.json")
      .waitFor();
    await page.getByText("There is no report yet in the server’s folder evaluations").waitFor();
    await shots(page, "evaluations-empty");
    mkdirSync(join(service.folder, "evaluations"), { recursive: true });
    measure(service.folder, "evaluations/first.json");
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByRole("link", { name: "first.json" }).waitFor();
  } finally {
    await service.stop();
  }
});
