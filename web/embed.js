// <answer-grader question-id="django/signals" endpoint="https://grader.example" token="…">: one question on any page.
//
// The token is short-lived and made on your server (POST /v1/embed-tokens), so that no API key reaches a browser. The
// component keeps to itself (a shadow root with a constructed style sheet, which a strict policy allows), sends nothing
// but the answer, to the endpoint alone, and tells the page by events: `graded` (detail: the grade, with the question_id
// that was answered), `error` (detail: {code, message}). Looks: the custom properties --answer-grader-{font, ink, paper, line, accent, on-accent, good, bad, radius}.
// When a token has ended, an `error` with the code `embed_token_needed` says so; set a new one by the attribute.
"use strict";
(() => {
  const STYLE = `
    :host { display: block; font: var(--answer-grader-font, 1rem/1.5 system-ui, sans-serif); color: var(--answer-grader-ink, #1a1e26); }
    :host([hidden]) { display: none; }
    .box { background: var(--answer-grader-paper, #ffffff); border: 1px solid var(--answer-grader-line, #6b7480); border-radius: var(--answer-grader-radius, 0.5rem); padding: 1rem; }
    p { margin: 0 0 0.6rem; }
    label { display: block; font-weight: 600; margin-bottom: 0.4rem; }
    textarea { box-sizing: border-box; width: 100%; min-height: 7rem; font: inherit; color: inherit; background: inherit; border: 1px solid var(--answer-grader-line, #6b7480); border-radius: var(--answer-grader-radius, 0.5rem); padding: 0.5rem; resize: vertical; }
    button { font: inherit; font-weight: 600; margin-top: 0.6rem; padding: 0.5rem 1rem; border: 0; border-radius: var(--answer-grader-radius, 0.5rem); background: var(--answer-grader-accent, #1f4fc4); color: var(--answer-grader-on-accent, #ffffff); cursor: pointer; }
    button:disabled { opacity: 0.6; cursor: default; }
    :focus-visible { outline: 3px solid var(--answer-grader-accent, #1f4fc4); outline-offset: 2px; }
    .state { margin-top: 0.6rem; }
    .state:empty { display: none; }
    .wrong { color: var(--answer-grader-bad, #a3211b); }
    ul { margin: 0.4rem 0 0; padding: 0; list-style: none; }
    li { margin: 0.2rem 0; }
    .verdict { font-weight: 600; }
    .covered { color: var(--answer-grader-good, #0b6b3a); }
  `;
  /** @type {Record<string, string>} */
  const VERDICTS = { covered: "covered", partial: "partly covered", missing: "missing", contradicted: "contradicted" };

  class Problem extends Error {
    /**
     * @param {string} code
     * @param {string} message
     */
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }

  class AnswerGrader extends HTMLElement {
    static observedAttributes = ["question-id", "endpoint", "token"];

    #field = document.createElement("textarea");
    #label = document.createElement("label");
    #button = document.createElement("button");
    #state = document.createElement("div");
    /** What is asked for, so that the same is not asked for twice; empty where nothing is. */
    #wanted = "";
    /** @type {import("./api").components["schemas"]["Asked"] | null} */
    #asked = null;
    /** @type {AbortController | null} */
    #loading = null;
    /** @type {AbortController | null} */
    #grading = null;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open", delegatesFocus: true });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      const box = document.createElement("form");
      box.className = "box";
      box.setAttribute("part", "box");
      this.#label.htmlFor = "answer";
      this.#label.setAttribute("part", "question");
      this.#label.dir = "auto";
      this.#field.id = "answer";
      this.#field.dir = "auto";
      this.#field.setAttribute("part", "answer");
      this.#button.textContent = "Submit";
      this.#button.disabled = true;
      this.#button.setAttribute("part", "button");
      this.#state.className = "state";
      this.#state.setAttribute("part", "state");
      this.#state.setAttribute("role", "status");
      this.#field.addEventListener("input", () => this.#ready());
      // A form's own submission is forbidden in a sandboxed frame without allow-forms, and is not wanted anyway.
      this.#button.type = "button";
      this.#button.addEventListener("click", () => this.#grade());
      box.addEventListener("submit", (event) => event.preventDefault());
      box.append(this.#label, this.#field, this.#button, this.#state);
      root.append(box);
    }

    connectedCallback() {
      this.#load();
    }

    disconnectedCallback() {
      // An element that is moved is taken out and put back at once, which ends nothing.
      queueMicrotask(() => {
        if (this.isConnected) return;
        if (this.#grading) this.#say("");
        this.#stop();
        if (this.#asked === null) this.#wanted = "";
      });
    }

    /**
     * @param {string} _name
     * @param {string | null} before
     * @param {string | null} now
     */
    attributeChangedCallback(_name, before, now) {
      if (this.isConnected && before !== now) this.#load();
    }

    #stop() {
      this.#loading?.abort();
      this.#grading?.abort();
      this.#grading = null;
    }

    /** The answer as it is written. */
    get value() {
      return this.#field.value;
    }

    set value(text) {
      this.#field.value = String(text);
      this.#ready();
    }

    /** Loads the question that the attributes name, unless it is there. Until it is, nothing of another one is shown or graded. */
    async #load() {
      const names = ["question-id", "endpoint", "token"].map((name) => this.getAttribute(name) ?? "");
      const wanted = JSON.stringify(names);
      if (wanted === this.#wanted) return;
      this.#stop();
      this.#wanted = wanted;
      this.#asked = null;
      this.#label.textContent = "";
      this.#say("");
      this.#ready();
      const [id] = names;
      if (!id || names.includes("")) return;
      const mine = (this.#loading = new AbortController());
      try {
        const path = id.split("/").map(encodeURIComponent).join("/");
        const asked = await this.#ask("GET", `/v1/embed/questions/${path}`, undefined, mine.signal);
        if (mine.signal.aborted) return;
        this.#asked = asked;
        this.#label.textContent = asked.question;
        this.#ready();
      } catch (error) {
        if (mine.signal.aborted) return;
        // Put in anew, it is tried again.
        this.#wanted = "";
        this.#fail(error);
      }
    }

    #ready() {
      this.#button.disabled = this.#grading !== null || this.#asked === null || this.#field.value.trim() === "";
    }

    async #grade() {
      const asked = this.#asked;
      if (this.#button.disabled || asked === null) return;
      const mine = (this.#grading = new AbortController());
      this.#ready();
      this.#say("Grading …");
      try {
        const body = { question_id: asked.question_id, candidate_answer: this.#field.value };
        const grade = await this.#ask("POST", "/v1/embed/grade", body, mine.signal);
        if (mine.signal.aborted) return;
        this.#show(grade);
        this.#tell("graded", { ...grade, question_id: asked.question_id });
      } catch (error) {
        if (!mine.signal.aborted) this.#fail(error);
      } finally {
        if (this.#grading === mine) this.#grading = null;
        this.#ready();
      }
    }

    /**
     * @param {string} path
     */
    #address(path) {
      const address = new URL(this.getAttribute("endpoint") ?? "", document.baseURI);
      address.pathname = address.pathname.replace(/\/+$/, "") + path;
      address.search = address.hash = "";
      return address;
    }

    /**
     * @param {string} method
     * @param {string} path
     * @param {object | undefined} body
     * @param {AbortSignal} signal
     */
    async #ask(method, path, body, signal) {
      let response;
      try {
        response = await fetch(this.#address(path), {
          method,
          signal,
          credentials: "omit",
          referrerPolicy: "no-referrer",
          headers: {
            authorization: `Bearer ${this.getAttribute("token")}`,
            ...(body ? { "content-type": "application/json" } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
      } catch (error) {
        if (signal.aborted) throw error;
        throw new Problem("unreachable", "The grader cannot be reached.");
      }
      const told = await response.json().catch(() => null);
      signal.throwIfAborted();
      if (!response.ok) throw new Problem(told?.code ?? "unreadable", told?.detail ?? `The grader answered ${response.status}.`);
      // What breaks off, and the page of another server, is no answer of the grader.
      if (typeof told?.question !== "string" && !Array.isArray(told?.concepts)) throw new Problem("unreadable", "The grader's answer cannot be read.");
      return told;
    }

    /** @param {import("./api").components["schemas"]["EmbeddedGrade"]} grade */
    #show(grade) {
      const found = grade.concepts.filter((one) => one.verdict === "covered" || one.verdict === "partial").length;
      const head = document.createElement("p");
      head.textContent =
        grade.score === null || grade.score === undefined ? "This answer could not be judged." : `Your answer mentions ${found} of ${grade.concepts.length} ideas.`;
      const list = document.createElement("ul");
      for (const concept of grade.concepts) {
        // Below full feedback the key stays where it is, and ids tell nothing.
        if (!concept.text) continue;
        const item = document.createElement("li");
        const verdict = document.createElement("span");
        verdict.className = `verdict ${concept.verdict}`;
        verdict.textContent = `${VERDICTS[concept.verdict] ?? concept.verdict}: `;
        item.append(verdict, concept.text);
        list.append(item);
      }
      this.#state.className = "state";
      this.#state.replaceChildren(head, list);
      if (grade.feedback && list.childElementCount === 0) {
        const words = document.createElement("p");
        words.textContent = grade.feedback;
        this.#state.append(words);
      }
    }

    /** @param {string} text */
    #say(text) {
      this.#state.className = "state";
      this.#state.textContent = text;
    }

    /** @param {unknown} error */
    #fail(error) {
      const message = error instanceof Error ? error.message : String(error);
      const detail = { code: error instanceof Problem ? error.code : "unexpected", message };
      this.#state.className = "state wrong";
      this.#state.textContent = detail.message;
      this.#tell("error", detail);
    }

    /**
     * @param {string} name
     * @param {unknown} detail
     */
    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }
  }

  if (!customElements.get("answer-grader")) customElements.define("answer-grader", AnswerGrader);
})();
