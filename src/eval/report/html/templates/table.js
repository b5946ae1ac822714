const PAGE = 50;

const state = {
  run: 0,
  text: "",
  tag: "",
  failing: false,
  ungraded: false,
  review: false,
  sort: "difference",
  down: true,
  page: 0,
  open: new Set(),
};

const collator = new Intl.Collator("en", { numeric: true });

// What a column is sorted by; an ungraded case is as far from people as can be.
const columns = {
  id: { title: "Case", key: (one) => one.id, upwards: true },
  question: { title: "Question", key: (one) => one.question, upwards: true, wide: true },
  human: { title: "People", key: (one) => one.human },
  score: { title: "Grader", key: (one) => one.score ?? -1 },
  difference: { title: "Difference", key: (one) => (one.score === null ? 2 : Math.abs(one.score - one.human)) },
  confidence: { title: "Confidence", key: (one) => one.confidence, wide: true },
  notes: { title: "Notes", wide: true },
};

const sought = new WeakMap();

// What the text filter looks through.
function words(one) {
  if (!sought.has(one)) {
    const answer = data.answers[one.answer];
    const question = answer ? data.questions[answer.question].question : "";
    sought.set(one, [one.id, one.question, question, ...(one.tags ?? [])].join("\n").toLowerCase());
  }
  return sought.get(one);
}

// The places of the cases to show, in order.
function chosen() {
  const cases = data.runs[state.run].cases;
  const text = state.text.trim().toLowerCase();
  const { key } = columns[state.sort];
  const places = [...cases.keys()].filter((place) => {
    const one = cases[place];
    return (
      (!state.failing || one.failing) &&
      (!state.ungraded || one.score === null) &&
      (!state.review || one.review) &&
      (!state.tag || one.tags?.includes(state.tag)) &&
      (!text || words(one).includes(text))
    );
  });
  const keys = new Map(places.map((place) => [place, key(cases[place])]));
  const compare = (one, other) =>
    typeof one === "string" ? collator.compare(one, other) : one - other;
  const way = state.down ? -1 : 1;
  return places.sort((one, other) => way * compare(keys.get(one), keys.get(other)) || one - other);
}

const body = element("tbody");
const counted = element("p", { role: "status", class: "quiet" });
const pager = element("nav", { class: "pager", "aria-label": "Pages of cases" });
const tags = element("select", { id: "tag" });
const heads = new Map();

function draw() {
  const places = chosen();
  const pages = Math.max(1, Math.ceil(places.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  const run = data.runs[state.run];
  const shown = places.slice(state.page * PAGE, (state.page + 1) * PAGE);
  body.replaceChildren(...shown.flatMap((place) => drawRow(run, place)));
  counted.textContent = `${places.length} of ${run.cases.length} cases`;
  pager.replaceChildren(turn("Previous", -1, state.page > 0), ` ${state.page + 1} of ${pages} `, turn("Next", 1, state.page + 1 < pages));
  pager.hidden = pages === 1;
  for (const [name, head] of heads) {
    if (name === state.sort) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

function turn(title, step, possible) {
  const button = element("button", { type: "button", disabled: !possible }, title);
  button.addEventListener("click", () => {
    state.page += step;
    draw();
    document.getElementById("cases").scrollIntoView();
  });
  return button;
}

function drawRow(run, place) {
  const one = run.cases[place];
  const open = state.open.has(place);
  const id = `case-${state.run}-${place}`;
  const button = element("button", { type: "button", "aria-expanded": String(open), class: "open" }, foreign(one.id));
  button.addEventListener("click", () => toggle(place, row));
  const apart = one.score === null ? null : one.score - one.human;
  const notes = [
    one.score === null ? badge("fail", "\u2013", foreign(one.ungraded ?? "ungraded")) : null,
    one.wrong ? badge("fail", "\u2717", one.wrong) : null,
    one.review ? badge("unsure", "?", "review") : null,
  ].filter(Boolean);
  const row = element(
    "tr",
    { id, class: one.failing ? "failing" : null },
    element(
      "th",
      { scope: "row" },
      button,
      data.repeated ? element("span", { class: "quiet" }, ` no. ${one.repetition}`) : null,
      one.tags ? element("span", { class: "quiet below wide" }, foreign(one.tags.join(", "))) : null,
      notes.length ? element("span", { class: "below narrow" }, ...notes.map((note) => note.cloneNode(true))) : null,
    ),
    element("td", { class: "wide words" }, foreign(one.question)),
    element("td", null, decimal(one.human)),
    element("td", null, one.score === null ? "none" : decimal(one.score)),
    element("td", null, apart === null ? "none" : signed(apart)),
    element("td", { class: "wide" }, decimal(one.confidence)),
    element("td", { class: "wide words" }, ...notes),
  );
  return open ? [row, drawDetail(run, one)] : [row];
}

const drawDetail = (run, one) =>
  element("tr", { class: "detail" }, element("td", { colspan: Object.keys(columns).length }, drawCase(run, one)));

function toggle(place, row) {
  const run = data.runs[state.run];
  const opens = !state.open.delete(place);
  if (opens) {
    state.open.add(place);
    row.after(drawDetail(run, run.cases[place]));
  } else {
    row.nextElementSibling.remove();
  }
  row.querySelector(".open").setAttribute("aria-expanded", String(opens));
}

function drawHead() {
  return Object.entries(columns).map(([name, { title, key, upwards, wide }]) => {
    const head = element("th", { scope: "col", class: wide ? "wide" : null });
    if (!key) {
      head.append(title);
      return head;
    }
    const button = element("button", { type: "button" }, title);
    button.addEventListener("click", () => {
      state.down = state.sort === name ? !state.down : !upwards;
      state.sort = name;
      state.page = 0;
      draw();
    });
    heads.set(name, head);
    head.append(button);
    return head;
  });
}

function drawFilters() {
  const change = (name, value) => {
    state[name] = value;
    state.page = 0;
    draw();
  };
  const search = element("input", { id: "find", type: "search", placeholder: "Case, question or tag" });
  search.addEventListener("input", () => change("text", search.value));
  tags.addEventListener("change", () => change("tag", tags.value));
  const only = ["failing", "ungraded", "review"].map((name) => {
    const box = element("input", { type: "checkbox", name });
    box.addEventListener("change", () => change(name, box.checked));
    return element("label", null, box, ` only ${name === "review" ? "for review" : name}`);
  });
  return element(
    "form",
    { class: "filters" },
    element("div", { class: "field" }, element("label", { for: "find" }, "Find"), search),
    element("div", { class: "field" }, element("label", { for: "tag" }, "Tag"), tags),
    element("fieldset", null, element("legend", null, "Show"), ...only),
  );
}
