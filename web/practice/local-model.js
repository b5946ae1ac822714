// How somebody without an API key gets a grader that understands paraphrases.

import { h } from "../shared/dom.js";

/** The commands of the README. */
const COMMANDS = "ollama pull llama3.1\nOPENAI_BASE_URL=http://localhost:11434/v1 ANSWER_GRADER__LLM__MODEL=llama3.1 answer-grader serve";

/** Says what a count of ideas is worth, and how to get a better judge. */
export function localModel() {
  return h(
    "details",
    { class: "unprinted" },
    h("summary", {}, "This counts words, not meaning. A local model judges better"),
    h(
      "p",
      {},
      "No language model is configured, so that ideas are found by their words and by ways people put them. " +
        "A good paraphrase may hold ideas that are not found here. With ",
      h("a", { href: "https://ollama.com", rel: "noopener noreferrer" }, "Ollama"),
      " a model on this machine grades instead, and nothing leaves it:",
    ),
    h("pre", { tabIndex: 0 }, COMMANDS),
  );
}
