const data = JSON.parse(document.getElementById("data").textContent);

const pick = document.getElementById("run");

// Shows one run: its pictures and its cases.
function showRun(index) {
  state.run = index;
  state.page = 0;
  state.open.clear();
  pick.value = String(index);
  for (const section of document.querySelectorAll(".run")) {
    section.hidden = Number(section.dataset.run) !== index;
  }
  const known = [...new Set(data.runs[index].cases.flatMap((one) => one.tags ?? []))].sort(collator.compare);
  if (!known.includes(state.tag)) state.tag = "";
  tags.replaceChildren(element("option", { value: "" }, "all"), ...known.map((tag) => element("option", { value: tag }, tag)));
  tags.value = state.tag;
  tags.closest(".field").hidden = known.length === 0;
  draw();
}

// Goes to the case that an address names, such as `#case-0-12`, whatever the filters hide.
function goTo(address) {
  const [, run, place] = address.match(/^#case-(\d+)-(\d+)$/)?.map(Number) ?? [];
  if (!data.runs[run]?.cases[place]) return;
  if (run !== state.run) showRun(run);
  if (!chosen().includes(place)) {
    document.querySelector(".filters").reset();
    Object.assign(state, { text: "", tag: "", failing: false, ungraded: false, review: false });
  }
  state.page = Math.floor(chosen().indexOf(place) / PAGE);
  state.open.add(place);
  draw();
  const row = document.getElementById(address.slice(1));
  row.scrollIntoView();
  row.querySelector(".open").focus({ preventScroll: true });
}

document.getElementById("table").append(
  drawFilters(),
  counted,
  element(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "cases-title" },
    element("table", { class: "cases" }, element("thead", null, element("tr", null, ...drawHead())), body),
  ),
  pager,
);
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());

if (data.runs.length > 0) {
  pick.addEventListener("change", () => showRun(Number(pick.value)));
  document.getElementById("pick").hidden = data.runs.length === 1;
  showRun(0);
  goTo(location.hash);
  addEventListener("hashchange", () => goTo(location.hash));
  // A link to where the address already points changes nothing, and is followed all the same.
  addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#case-"]');
    if (!link || link.hash !== location.hash) return;
    event.preventDefault();
    goTo(link.hash);
  });
}
