// Everything comes into the page as a text node or an attribute that holds no address, so nothing
// in an answer can become markup.

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Text of others, which may run the other way.
const foreign = (text) => element("bdi", null, text);

// A long passage scrolls, so the keyboard must reach it.
const passage = (text, parts = [text]) =>
  element("p", { class: "passage", dir: "auto", tabindex: text.length > 2000 ? "0" : null }, ...parts);

const decimal = (value, places = 2) => value.toFixed(places).replace("-", "\u2212");

const signed = (value) => (value >= 0.005 ? "+" : "") + decimal(value).replace(/^\u2212(0\.00)$/, "$1");

const badge = (kind, sign, word) =>
  element("span", { class: `badge ${kind}` }, element("span", { "aria-hidden": "true" }, sign), " ", word);

const facts = (pairs) =>
  element(
    "dl",
    { class: "facts" },
    ...pairs
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) =>
        element("div", null, element("dt", null, name), element("dd", null, foreign(value))),
      ),
  );
