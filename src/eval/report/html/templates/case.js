const verdicts = {
  covered: ["pass", "\u2713"],
  partial: ["unsure", "\u25d0"],
  missing: ["fail", "\u2717"],
  contradicted: ["fail", "\u2260"],
};

// Draws a case in full.
function drawCase(run, one) {
  const answer = one.answer === undefined ? null : data.answers[one.answer];
  const question = answer && data.questions[answer.question];
  const texts = answer
    ? element(
        "div",
        { class: "texts" },
        ...(question.question ? [element("h3", null, "Question"), passage(question.question)] : []),
        element("h3", null, "Answer"),
        passage(answer.text || "(empty)", highlighted(answer.text || "(empty)", one.concepts ?? [])),
        ...(question.reference ? [element("h3", null, "Reference"), passage(question.reference)] : []),
      )
    : null;
  const body = element(
    "div",
    { class: "case" },
    texts,
    element("div", { class: "judgement" }, ...judgement(run, one, question)),
  );
  lightEvidence(body);
  return body;
}

// Cuts the answer where evidence begins or ends, since spans may overlap; where a concept's evidence
// ends stands its number.
function highlighted(text, concepts) {
  const spans = concepts
    .map(({ evidence, verdict }, index) => ({ index, verdict, from: evidence?.[0], to: evidence?.[1] }))
    .filter((span) => span.from !== undefined);
  const cuts = [...new Set([0, text.length, ...spans.flatMap((span) => [span.from, span.to])])];
  cuts.sort((one, other) => one - other);
  return cuts.slice(1).map((end, piece) => {
    const start = cuts[piece];
    const over = spans.filter((span) => span.from <= start && end <= span.to);
    if (over.length === 0) return text.slice(start, end);
    const ending = over.filter((span) => span.to === end);
    const attributes = {
      class: Object.hasOwn(verdicts, over[0].verdict) ? verdicts[over[0].verdict][0] : "plain",
      "data-concepts": over.map((span) => span.index).join(" "),
      "data-numbers": ending.map((span) => span.index + 1).join(" ") || null,
    };
    return element("mark", attributes, text.slice(start, end));
  });
}

function judgement(run, one, question) {
  const parts = [];
  if (one.concepts) {
    const names = new Map(Object.entries(question?.concepts ?? {}));
    parts.push(
      element("h3", null, "Concepts"),
      element(
        "ol",
        { class: "concepts" },
        ...one.concepts.map((concept, index) => drawConcept(one, concept, index, names)),
      ),
    );
  }
  parts.push(element("h3", null, "Grade"), facts(grade(run, one)));
  if (one.reply !== undefined) {
    parts.push(
      element(
        "details",
        null,
        element("summary", null, "Reply of the model"),
        element("pre", { tabindex: "0", dir: "auto" }, readable(one.reply)),
      ),
    );
  }
  return parts;
}

function drawConcept(one, concept, index, names) {
  const [kind, sign] = Object.hasOwn(verdicts, concept.verdict) ? verdicts[concept.verdict] : ["plain", "\u2013"];
  const label = foreign(names.get(concept.id) ?? concept.id);
  const name = concept.evidence
    ? element("button", { type: "button", "data-light": index, title: "Shows its evidence" }, label)
    : element("span", null, label);
  return element(
    "li",
    null,
    badge(kind, sign, foreign(concept.verdict)),
    " ",
    name,
    names.has(concept.id) ? element("span", { class: "quiet" }, " ", foreign(concept.id)) : null,
    one.labelled?.includes(concept.id) ? element("span", { class: "label" }, " people: missing") : null,
  );
}

function grade(run, one) {
  const list = (texts) => texts?.join(", ");
  const tokens = one.usage.input_tokens + one.usage.output_tokens;
  return [
    ["People", decimal(one.human) + (one.raters?.length > 1 ? ` (${one.raters.map((r) => decimal(r)).join(", ")})` : "")],
    ["Grader", one.score === null ? "no score" : decimal(one.score)],
    ["Ungraded", one.ungraded],
    ["Confidence", decimal(one.confidence)],
    ["For review", one.review ? list(one.reasons) || "yes" : "no"],
    ["Flags", list(one.flags)],
    ["Missing to the grader", list(one.missing) ?? "nothing"],
    ["Missing to people", one.labelled ? list(one.labelled) || "nothing" : "not labelled"],
    ["Tags", list(one.tags)],
    ["Judged by", one.method],
    ["Prompt", run.prompt],
    ["Snapshot", one.snapshot],
    ["Tokens", tokens ? `${one.usage.input_tokens} in (${one.usage.cached_input_tokens} cached), ${one.usage.output_tokens} out` : null],
    ["Cost", one.usage.cost_usd === null ? (tokens ? "unknown" : null) : `$${one.usage.cost_usd.toFixed(6)}`],
    ["Time", `${decimal(one.latency, one.latency < 10 ? 2 : 0)} ms${one.replayed ? ", as recorded" : ""}`],
  ];
}

function readable(reply) {
  try {
    return JSON.stringify(JSON.parse(reply), null, 2);
  } catch {
    return reply;
  }
}

// Lights a concept's evidence while it is pointed at or has the focus.
function lightEvidence(body) {
  const light = (event, lit) => {
    const index = event.target.closest?.("[data-light]")?.dataset.light;
    if (index === undefined) return;
    for (const mark of body.querySelectorAll("mark")) {
      if (mark.dataset.concepts.split(" ").includes(index)) mark.classList.toggle("lit", lit);
    }
  };
  for (const type of ["pointerover", "focusin"]) body.addEventListener(type, (event) => light(event, true));
  for (const type of ["pointerout", "focusout"]) body.addEventListener(type, (event) => light(event, false));
}
