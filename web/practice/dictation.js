// Answers that are spoken. Where the browser can recognise speech on the device, nothing leaves it; where it
// would send the audio to its maker, that is said first, and only who agrees is heard.

import { h } from "../shared/dom.js";
import { say } from "../shared/shell.js";

/**
 * The part of the Web Speech API that is used here.
 *
 * @typedef {object} Recognition
 * @property {string} lang
 * @property {boolean} continuous
 * @property {boolean} interimResults
 * @property {boolean} [processLocally]
 * @property {((event: {resultIndex: number, results: ArrayLike<ArrayLike<{transcript: string}> & {isFinal: boolean}>}) => void) | null} onresult
 * @property {((event: {error: string}) => void) | null} onerror
 * @property {(() => void) | null} onend
 * @property {() => void} start
 * @property {() => void} stop
 */
/** @typedef {{new (): Recognition, available?: (options: object) => Promise<string>}} RecognitionClass */

/** @returns {RecognitionClass | null} */
function recognition() {
  const scope = /** @type {{SpeechRecognition?: RecognitionClass, webkitSpeechRecognition?: RecognitionClass}} */ (globalThis);
  return scope.SpeechRecognition ?? scope.webkitSpeechRecognition ?? null;
}

/** @param {RecognitionClass} kind @param {string} lang */
async function onDevice(kind, lang) {
  try {
    return (await kind.available?.({ langs: [lang], processLocally: true })) === "available";
  } catch {
    return false;
  }
}

/** Who receives the audio where it is not recognised on the device. */
function receiver() {
  const agent = navigator.userAgent;
  if (/Edg\//.test(agent)) return "Microsoft";
  if (/Chrome\//.test(agent)) return "Google (or whoever makes this browser)";
  if (/Safari\//.test(agent)) return "Apple";
  return "the maker of this browser";
}

const REASONS = /** @type {Record<string, string>} */ ({
  "not-allowed": "The browser does not let this page hear you. Allow the microphone in its settings, or type.",
  "audio-capture": "There is no microphone.",
  network: "The browser's speech service cannot be reached. Type instead.",
  "language-not-supported": "The browser does not recognise this language. Type instead.",
});

/**
 * Makes the controls of dictation; null where the browser has none.
 *
 * @param {(text: string) => void} heard takes each piece when it is final
 * @returns {HTMLElement | null}
 */
export function dictation(heard) {
  const kind = recognition();
  if (!kind) return null;
  const lang = navigator.language || "en-US";
  const button = h("button", { type: "button", "aria-pressed": "false" }, "Dictate");
  const shown = h("span", { class: "hint interim", role: "status" });
  /** @type {Recognition | null} */
  let listening = null;
  const stop = () => {
    listening?.stop();
    listening = null;
    button.setAttribute("aria-pressed", "false");
    button.textContent = "Dictate";
  };
  const start = (/** @type {boolean} */ local) => {
    const now = new kind();
    now.lang = lang;
    now.continuous = true;
    now.interimResults = true;
    if (local) now.processLocally = true;
    now.onresult = ({ resultIndex, results }) => {
      let interim = "";
      for (let at = resultIndex; at < results.length; at += 1) {
        const result = results[at];
        const transcript = result?.[0]?.transcript ?? "";
        if (result?.isFinal) heard(transcript.trim());
        else interim += transcript;
      }
      shown.textContent = interim;
    };
    now.onerror = ({ error }) => {
      shown.textContent = REASONS[error] ?? (error === "no-speech" ? "Nothing was heard." : `Dictation failed (${error}).`);
    };
    now.onend = stop;
    now.start();
    listening = now;
    button.setAttribute("aria-pressed", "true");
    button.textContent = "Stop dictating";
    say("Listening.");
  };
  button.onclick = async () => {
    shown.textContent = "";
    if (listening) return stop();
    const local = await onDevice(kind, lang);
    if (local || (await consent())) start(local);
  };
  return h("div", { class: "dictation" }, button, shown);
}

let agreed = false;

/** Asks once a visit, as long as nothing is said by the browser about recognising on the device. */
function consent() {
  if (agreed) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (/** @type {boolean} */ yes) => {
      agreed = yes;
      dialog.close();
      dialog.remove();
      resolve(yes);
    };
    const dialog = h(
      "dialog",
      { "aria-labelledby": "consent-title", oncancel: () => answer(false) },
      h("h2", { id: "consent-title" }, "Your voice would leave this computer"),
      h("p", {}, `This browser cannot recognise speech by itself. It would send what you say to ${receiver()}, who turns it into text. `),
      h("p", {}, "This server receives the text alone, when you submit it. You can type instead."),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", onclick: () => answer(true) }, `Send audio to ${receiver()}`),
        h("button", { type: "button", class: "primary", onclick: () => answer(false) }, "I would rather type"),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
